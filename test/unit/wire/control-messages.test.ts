import { expect, test, vi } from "vitest";
import { parseControllerMessage, parseDriverAnswer } from "../../../src/wire/control-messages.ts";
import { ANSWERS, CONTROLLER_MESSAGES } from "./control-samples.ts";

test("what a controller and the driver say to each other comes back as it was said", () => {
  for (const message of CONTROLLER_MESSAGES) {
    expect(parseControllerMessage(JSON.stringify(message))).toEqual(message);
  }
  // One word is common to both: it asks for the status, and it is the answer.
  for (const answer of ANSWERS.filter(({ type }) => type !== "status"))
    expect(parseDriverAnswer(JSON.stringify(answer))).toEqual(answer);
});

test("neither takes the other's words, nor anything that is not quite right", () => {
  // One word is common to both: it asks for the status, and it is the answer.
  for (const answer of ANSWERS.filter(({ type }) => type !== "status"))
    expect(() => parseControllerMessage(JSON.stringify(answer))).toThrow("not a valid");
  const wrong = [
    { type: "stop-engine", rank: -1 },
    { type: "stop-engine", rank: "0" },
    { type: "stop-engine", rank: 0, within: -1 },
    { type: "stop-context" },
    { type: "add-context", nodes: [], taskLimit: 0, elsewhere: false },
    { type: "add-context", nodes: [{ node: "n", slots: 0, coresPerSlot: 1 }], taskLimit: 0, elsewhere: false },
    { type: "engine-ended", id: "x".repeat(2000) },
    { type: "run", command: "rm" },
    [],
  ];
  for (const value of wrong) expect(() => parseControllerMessage(JSON.stringify(value))).toThrow("not a valid");
});

test("a controller's message that is nested deep is refused before it is parsed", () => {
  const parse = vi.spyOn(JSON, "parse");
  for (const deep of ["[".repeat(1 << 20), `{"type":"status","x":${"[".repeat(17)}${"]".repeat(17)}}`])
    expect(() => parseControllerMessage(deep)).toThrow(/^not a valid message: nested deeper than 16$/);
  expect(parse).not.toHaveBeenCalled();
  parse.mockRestore();
  const label = `\\"${"[{".repeat(100)}`;
  expect(parseControllerMessage(JSON.stringify({ type: "stop-context", label }))).toEqual({
    type: "stop-context",
    label,
  });
});

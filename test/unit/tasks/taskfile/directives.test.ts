import { describe, expect, it } from "vitest";

import { encodeText } from "../../../../src/domain/bytes.ts";
import { commandsOf, parse, problemsOf } from "./parse.ts";

/** The only entry of a file. */
function entryOf(content: string): unknown {
  const entries = parse(content);
  expect(entries).toHaveLength(1);
  return entries[0];
}

describe("PREFIX and SUFFIX", () => {
  it("are pasted around later task lines without a space", () => {
    expect(commandsOf("a\n#DISBATCH PREFIX p\n#DISBATCH SUFFIX s\na\n a \n")).toEqual(["a", "pas", "p a s"]);
  });

  it("keep every blank after the first and at the end", () => {
    expect(commandsOf("#DISBATCH PREFIX  cd x; \n#DISBATCH SUFFIX  > log \na\n")).toEqual([" cd x; a > log "]);
  });

  it("are cleared by a single blank", () => {
    expect(commandsOf("#DISBATCH PREFIX p\n#DISBATCH SUFFIX s\n#DISBATCH PREFIX \n#DISBATCH SUFFIX \na\n")).toEqual([
      "a",
    ]);
  });

  it("may be written in any case", () => {
    expect(commandsOf("#DISBATCH pReFiX p\n#DISBATCH suffix s\na\n")).toEqual(["pas"]);
  });

  it("apply to REPEAT with and without a command, and to PERENGINE", () => {
    const affixes = "#DISBATCH PREFIX p\n#DISBATCH SUFFIX s\n";
    const lines = "#DISBATCH PERENGINE START e\n#DISBATCH REPEAT 2\n#DISBATCH REPEAT 2 r\n";
    expect(parse(affixes + lines)).toMatchObject([{ command: "pes" }, { command: "ps" }, { command: "prs" }]);
  });

  it("are joined with the line as bytes", () => {
    const content = Buffer.concat([Buffer.from("#DISBATCH PREFIX x"), Buffer.from([0xc3, 0x0a, 0xa9, 0x0a])]);
    expect(commandsOf(content)).toEqual(["x\u00e9"]);
    expect(commandsOf(content).map((command) => encodeText(command).length)).toEqual([3]);
  });
});

describe("REPEAT", () => {
  const numbers = (content: string): unknown[] => {
    const entry = entryOf(content);
    expect(entry).toMatchObject({ kind: "repeat", line: 1 });
    return ["count", "start", "step", "command"].map((name) => Object(entry)[name]);
  };

  it.each([
    ["#DISBATCH REPEAT 5 x y", [5, 0, 1, "x y"]],
    ["#DISBATCH repeat 5 start 100 x", [5, 100, 1, "x"]],
    ["#DISBATCH REPEAT 5 STEP 50 x", [5, 0, 50, "x"]],
    ["#DISBATCH REPEAT 5 Start 100 Step 50 x", [5, 100, 50, "x"]],
    ["#DISBATCH REPEAT\t \v5\f start  007\t\tstep 2 x", [5, 7, 2, "x"]],
    ["#DISBATCH REPEAT 5", [5, 0, 1, ""]],
    ["#DISBATCH REPEAT 5 ", [5, 0, 1, ""]],
    ["#DISBATCH REPEAT 5\t", [5, 0, 1, ""]],
    ["#DISBATCH REPEAT 5 start 1 step 2\t\t", [5, 1, 2, ""]],
    ["#DISBATCH REPEAT 0 x", [0, 0, 1, "x"]],
    ["#DISBATCH REPEAT 2 step 0 x", [2, 0, 0, "x"]],
    ["#DISBATCH REPEAT 2 start 9007199254740990 x", [2, 9007199254740990, 1, "x"]],
  ])("reads %j", (content, expected) => {
    expect(numbers(content)).toEqual(expected);
  });

  it("keeps every blank of the command after the first", () => {
    expect(numbers("#DISBATCH REPEAT 5  x ")).toEqual([5, 0, 1, " x "]);
    expect(numbers("#DISBATCH REPEAT 5   ")).toEqual([5, 0, 1, "  "]);
    expect(numbers("#DISBATCH REPEAT 5 \tx")).toEqual([5, 0, 1, "\tx"]);
  });

  it("takes words that only begin like start and step for a command", () => {
    expect(numbers("#DISBATCH REPEAT 5 startup 3")).toEqual([5, 0, 1, "startup 3"]);
    expect(numbers("#DISBATCH REPEAT 5 start 1 stepper")).toEqual([5, 1, 1, "stepper"]);
    expect(numbers("#DISBATCH REPEAT 5 x start y")).toEqual([5, 0, 1, "x start y"]);
  });
});

describe("BARRIER", () => {
  it.each([
    ["#DISBATCH BARRIER", { check: false }],
    ["#DISBATCH BARRIER ", { check: false }],
    ["#DISBATCH BARRIER key", { check: false, key: "key" }],
    ["#DISBATCH BARRIER  a key ", { check: false, key: " a key " }],
    ["#DISBATCH BARRIER CHECK", { check: true }],
    ["#DISBATCH BARRIER CHECK ", { check: true }],
    ["#DISBATCH BARRIER CHECK key", { check: true, key: "key" }],
    ["#DISBATCH BARRIER CHECK CHECK", { check: true, key: "CHECK" }],
    ["#DISBATCH BARRIER checked", { check: false, key: "checked" }],
  ])("reads %j", (content, expected) => {
    expect(entryOf(`${content}\r\n`)).toEqual({ kind: "barrier", line: 1, text: content, ...expected });
  });

  it("is not touched by PREFIX and SUFFIX", () => {
    expect(entryOf("#DISBATCH PREFIX p\n#DISBATCH SUFFIX s\n#DISBATCH BARRIER k")).toMatchObject({
      key: "k",
      text: "#DISBATCH BARRIER k",
    });
  });
});

describe("PERENGINE", () => {
  it("is read in any case, in the order of the file", () => {
    expect(parse("#DISBATCH PERENGINE START a\n#DISBATCH perengine stop  b\n")).toEqual([
      { kind: "per-engine", when: "start", line: 1, command: "a" },
      { kind: "per-engine", when: "stop", line: 2, command: " b" },
    ]);
  });

  it("may stand after comments, PREFIX and SUFFIX", () => {
    expect(problemsOf("# c\n\n#DISBATCH PREFIX p\n#DISBATCH SUFFIX s\n#DISBATCH PERENGINE STOP x\na\n")).toEqual([]);
  });

  it.each(["a", "#DISBATCH REPEAT 0 x", "#DISBATCH BARRIER"])("may not stand after %j", (line) => {
    expect(problemsOf(`${line}\n#DISBATCH PERENGINE START x\n`)).toMatchObject([
      { code: "late-per-engine", severity: "error", place: { line: 2, column: 11 } },
    ]);
  });
});

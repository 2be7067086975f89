import { expect, test } from "vitest";
import { readCommandLine } from "../../../src/cli/command-line.ts";
import { describeSubmit } from "../../../src/cli/submit.ts";
import { userErrorOf } from "../../support/user-error.ts";

function termsIn(...options: string[]): unknown {
  const command = describeSubmit();
  readCommandLine(command, [...options, "run", "true"]);
  return command.opts()["terms"];
}

test("what submitted tasks need of named resources stands beside their other terms", () => {
  expect(termsIn("--resource", "license=1", "--memory", "8G", "--resource=disk=2048M")).toEqual({
    license: "1",
    memory: "8G",
    disk: "2G",
  });
});

test.each([
  ["license", "It must be NAME=AMOUNT"],
  ["cores=2", "no term"],
  ["License=1", "small letters"],
  ["license=-1", "AMOUNT must be a number or a size, such as 2 or 100G"],
])("an amount of a resource that means nothing is refused: %s", (value, message) => {
  expect(userErrorOf(() => termsIn("--resource", value)).message).toContain(message);
});

test("a resource that is needed twice is refused", () => {
  expect(userErrorOf(() => termsIn("--resource", "a=1", "--resource", "a=2")).message).toContain("a is given twice");
});

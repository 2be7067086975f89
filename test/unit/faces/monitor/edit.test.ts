import { expect, test } from "vitest";
import { atItsEnd, edited } from "../../../../src/faces/monitor/edit.ts";

/** The line after these keys, with `|` where the cursor is. */
function after(text: string, ...keys: readonly string[]): string {
  const { text: line, cursor } = keys.reduce(edited, atItsEnd(text));
  return `${line.slice(0, cursor)}|${line.slice(cursor)}`;
}

test.each([
  ["abc", ["d"], "abcd|"],
  ["abc", ["C-u", "x"], "x|"],
  ["state:failed node:a", ["C-w"], "state:failed |"],
  ["one  ", ["C-w"], "|"],
  ["abc", ["left", "left", "x"], "ax|bc"],
  ["abc", ["home", "right", "delete"], "a|c"],
  ["abc", ["C-a", "C-k"], "|"],
  ["abc", ["C-a", "x", "C-e", "y"], "xabcy|"],
  ["a😀", ["backspace"], "a|"],
  ["a😀b", ["left", "left"], "a|😀b"],
  ["abc", ["left", "C-u"], "|c"],
  ["abc", ["tab", "up", "f5"], "abc|"],
] as const)("%j and %j give %j", (text, keys, expected) => {
  expect(after(text, ...keys)).toBe(expected);
});

test("a line is as long as it may be", () => {
  expect(after("x".repeat(200), "y")).toBe(`${"x".repeat(200)}|`);
});

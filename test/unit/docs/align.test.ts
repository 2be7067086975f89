import { expect, test } from "vitest";
import { align, isTrue } from "../../docs/page/align.ts";

/** True when the page's lines say what came; lines are separated by `|`. */
function says(expected: string, got: string): boolean {
  const linesOf = (text: string): string[] => (text === "" ? [] : text.split("|"));
  return isTrue(align(linesOf(expected), linesOf(got)));
}

test.each([
  ["", ""],
  ["a|b", "a|b"],
  ["a|b", "a  |b"],
  ["...", ""],
  ["...", "a|b"],
  ["a|...|b", "a|b"],
  ["a|...|b", "a|x|y|b|b"],
  ["...|b|...", "x|b|y"],
  ["in 0.05 s|...", "in 12.4 s|x"],
])("%j says what came: %j", (expected, got) => {
  expect(says(expected, got)).toBe(true);
});

test.each([
  ["a|b", "a|c", "a changed word"],
  ["a|b|c", "a|c", "a line too many in the page"],
  ["a|c", "a|b|c", "a line that is missing in the page"],
  ["a|b", "b|a", "another order"],
  ["a", "", "nothing printed"],
  ["", "a", "nothing shown"],
  ["a|...|b", "a|x", "what follows any lines"],
  ["...|a", "a|x", "a line more than any lines stand for"],
  ["a b", "a  b", "blanks within a line"],
  ["  a", "a", "blanks at its beginning"],
  ["3 tasks done", "4 tasks done", "a number that does not vary"],
])("%j does not say %j: %s", (expected, got) => {
  expect(says(expected, got)).toBe(false);
});

test("differences are where they are, what is missing before what is there instead", () => {
  expect(align(["same", "old", "...", "end"], ["same", "new", "x", "end"])).toEqual([
    { type: "same", expected: "same", got: "same" },
    { type: "missing", expected: "old" },
    { type: "any", got: ["new", "x"] },
    { type: "same", expected: "end", got: "end" },
  ]);
  expect(align(["a", "b"], ["c", "b"])).toEqual([
    { type: "missing", expected: "a" },
    { type: "extra", got: "c" },
    { type: "same", expected: "b", got: "b" },
  ]);
});

test("a line that begins like one of the page is shown beside it, and is none of those that `...` stands for", () => {
  const [old, now] = ["disbatch: to run the rest: disbatch -r a", "disbatch: to run the rest: disbatch -r b"];
  expect(align(["...", old], ["x", now])).toEqual([
    { type: "any", got: ["x"] },
    { type: "missing", expected: old },
    { type: "extra", got: now },
  ]);
});

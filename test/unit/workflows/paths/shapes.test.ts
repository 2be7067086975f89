import { expect, test } from "vitest";
import type { Text } from "../../../../src/workflows/document/workflow.ts";
import { areApart } from "../../../../src/workflows/paths/are-apart.ts";
import { isDistinct } from "../../../../src/workflows/paths/is-distinct.ts";
import { type PathPattern, patternOf } from "../../../../src/workflows/paths/path-pattern.ts";
import { ValueFacts } from "../../../../src/workflows/paths/value-facts.ts";

/** Values of axes, of which nobody looks at each. */
const FACTS: Readonly<Record<string, ValueFacts>> = {
  day: range("2031-01-01", "2035-12-31"),
  n: range("1", "2000"),
  region: list("north", "south"),
  file: list("chr1/a", "chr2/b"),
  size: list("s", "xl"),
  odd: list("a", "./a"),
};
const AXES = Object.keys(FACTS);

function range(first: string, last: string): ValueFacts {
  const facts = new ValueFacts();
  facts.addRange(first, last);
  return facts;
}

function list(...values: readonly string[]): ValueFacts {
  const facts = new ValueFacts((value) => values.includes(value));
  for (const value of values) facts.add(value);
  return facts;
}

function pattern(said: string): PathPattern {
  const text: Text = said
    .split(/\{(\w+)\}/)
    .map((part, i) => (i % 2 === 0 ? part : { axis: part }))
    .filter((part) => part !== "");
  return patternOf(text, (axis) => FACTS[axis] ?? new ValueFacts());
}

test.each([
  ["data/{day}.csv", true],
  ["data/{region}/{day}/{n}.csv", true],
  ["{day}-{n}", true],
  ["{n}_{region}_{day}.csv", true],
  ["{day}{n}", true],
  ["{region}{day}", true],
  ["{region}{n}", true],
  ["{size}{n}", false],
  ["{day}/{day}.csv", true],
  ["{file}.csv", true],
  ["{file}", false],
  ["{odd}", false],
  ["/abs/{region}/x", true],
])("that all paths of %s differ is seen from its shape: %s", (said, isSeen) => {
  const shape = pattern(said);
  const varying = AXES.filter((axis) => said.includes(`{${axis}}`));
  expect(isDistinct(shape, varying)).toBe(isSeen);
  expect(isDistinct(shape, [...varying, "other"])).toBe(false);
});

test.each([
  ["data/{day}.csv", "data/{day}.txt", true],
  ["data/{day}.csv", "data/{day}.clean.csv", true],
  ["data/{day}.csv", "data/sum.csv", true],
  ["data/{day}.csv", "data/2031-01-03.csv", false],
  ["data/{region}.csv", "data/north.csv", false],
  ["data/{region}.csv", "data/rough.csv", true],
  ["a/{region}/x", "b/{region}/x", true],
  ["{region}/x", "{region}/y", true],
  ["{region}/x", "{region}/x/y", false],
  ["{region}", "north/y", false],
  ["{file}.csv", "{file}.txt", false],
  ["a/{file}", "b/{file}", true],
  ["data/{n}.csv", "data/{day}.csv", true],
  ["data/{n}-{n}.csv", "data/{region}.csv", true],
  ["{odd}", "b", false],
  ["/data/{day}", "data/{day}", true],
])("that %s and %s never meet is seen from their shapes: %s", (a, b, isSeen) => {
  expect(areApart(pattern(a), pattern(b))).toBe(isSeen);
  expect(areApart(pattern(b), pattern(a))).toBe(isSeen);
});

test("values that come make it vaguer what is known, once", () => {
  const facts = new ValueFacts();
  expect(["ab", "ba", "a", "aab", "b/a", "b/b", "b//a", "a//b"].map((value) => facts.add(value))).toEqual([
    ...[true, false, true, true, true, false, true, false],
  ]);
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CHANGED_PARTS, type Change } from "../../../../src/domain/run-reason.ts";
import { differences, MISSING, outputDifferences } from "../../../../src/workflows/cache/differences.ts";
import type { FileDigest, Ingredients } from "../../../../src/workflows/cache/made-record.ts";

const anyDigest = fc.constantFrom("01", "02", "0a", "f3");
const anyFile = fc.record({ path: fc.constantFrom("a", "b", "c", "d/e"), digest: anyDigest });
const anyFiles = fc.uniqueArray(anyFile, { selector: ({ path }) => path, maxLength: 4 });
const anyIngredients: fc.Arbitrary<Ingredients> = fc.record({
  said: fc
    .dictionary(fc.constantFrom("shell", "workdir", "secrets", "env A", "env B", "param n"), anyDigest)
    .map((said) => ({ command: "01", ...said })),
  code: anyFiles,
  inputs: fc.dictionary(fc.constantFrom("x", "y", "__proto__"), anyFiles),
});

function between(ingredients: Ingredients, now: Ingredients): readonly Change[] {
  return differences({ ingredients }, now);
}

test("equal ingredients have no differences, and others have some", () => {
  fc.assert(
    fc.property(anyIngredients, anyIngredients, (was, now) => {
      expect(between(was, structuredClone(was))).toEqual([]);
      const isSame = JSON.stringify(canonical(was)) === JSON.stringify(canonical(now));
      expect(between(was, now).length > 0).toBe(!isSame);
      const named = between(was, now).map(({ part, name, path }) => `${part} ${name} ${path}`);
      expect(new Set(named).size).toBe(named.length);
    }),
  );
});

test("any single change is named once, as what it is", () => {
  fc.assert(
    fc.property(anyIngredients, (was) => {
      for (const [now, change] of singleChanges(was)) {
        expect(between(was, now)).toEqual([{ name: undefined, path: undefined, ...change }]);
      }
    }),
  );
});

test("outputs that are not there, are other ones, are new or are not made any more are named", () => {
  const outputs = { a: { path: "a", digest: "01" }, b: { path: "b", digest: "01" } };
  expect(outputDifferences({ outputs }, outputs)).toEqual([]);
  const now = { a: { path: "a", digest: MISSING }, c: { path: "c", digest: "01" } };
  expect(outputDifferences({ outputs }, now)).toEqual([
    { part: "output", name: "a", path: "a", how: "missing" },
    { part: "output", name: "c", path: "c", how: "new" },
    { part: "output", name: "b", path: "b", how: "gone" },
  ]);
  expect(outputDifferences({ outputs }, { ...outputs, b: { path: "b", digest: "02" } })).toEqual([
    { part: "output", name: "b", path: "b", how: "changed" },
  ]);
});

/** Objects in the order of their keys; that of code files does not count. */
function canonical({ said, code, inputs }: Ingredients): unknown {
  const sorted = (object: object): unknown => Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [sorted(said), code, sorted(inputs)];
}

/** Each change that can be made to one thing, and how it is named. */
function* singleChanges(was: Ingredients): Generator<readonly [Ingredients, Change]> {
  for (const key of Object.keys(was.said)) {
    const [word = "", name] = key.split(" ");
    const part = CHANGED_PARTS.find((each) => each === word) ?? "command";
    yield [
      { ...was, said: { ...was.said, [key]: "new" } },
      { part, name, how: "changed" },
    ];
    const { [key]: _, ...rest } = was.said;
    yield [
      { ...was, said: rest },
      { part, name, how: "gone" },
    ];
  }
  yield [
    { ...was, said: { ...was.said, "env Z": "01" } },
    { part: "env", name: "Z", how: "new" },
  ];
  for (const [code, path, how] of fileChanges(was.code))
    yield [
      { ...was, code },
      { part: "code", path, how },
    ];
  for (const [name, files] of Object.entries(was.inputs)) {
    for (const [changed, path, how] of fileChanges(files)) {
      yield [withInput(was, name, changed), { part: "input", name, path, how }];
    }
    if (files.length > 1) yield [withInput(was, name, files.toReversed()), { part: "input", name, how: "changed" }];
  }
  yield [withInput(was, "z", [{ path: "z", digest: "01" }]), { part: "input", name: "z", path: "z", how: "new" }];
}

function withInput(was: Ingredients, name: string, files: readonly FileDigest[]): Ingredients {
  const others = Object.entries(was.inputs).filter(([each]) => each !== name);
  return { ...was, inputs: Object.fromEntries([...others, [name, files]]) };
}

function* fileChanges(
  files: readonly FileDigest[],
): Generator<readonly [readonly FileDigest[], string, Change["how"]]> {
  for (const [i, { path }] of files.entries()) {
    yield [files.with(i, { path, digest: "99" }), path, "changed"];
    yield [files.with(i, { path, digest: MISSING }), path, "missing"];
    yield [files.toSpliced(i, 1), path, "gone"];
  }
  yield [[...files, { path: "new", digest: "01" }], "new", "new"];
}

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseName, printName } from "../../../../src/workflows/graph/instance-name.ts";

function parsed(text: string): unknown {
  const name = parseName(text);
  return name === undefined ? undefined : [name.task, ...name.values];
}

test("a name has the task and its values, quoted where they need it", () => {
  expect(printName("report", [])).toBe("report");
  expect(
    printName("clean", [
      ["day", "2031-01-03"],
      ["region", "north"],
    ]),
  ).toBe("clean[day=2031-01-03,region=north]");
  expect(
    printName("group/fit", [
      ["city", "San José"],
      ["x", "a=b"],
      ["y", ""],
    ]),
  ).toBe('group/fit[city="San José",x="a=b",y=""]');
  expect(printName("t", [["who", "it's\u0000\u202e"]])).toBe('t[who="it\\u0027s\\u0000\\u202e"]');
});

test("names are read as people type them", () => {
  expect(parsed("report")).toEqual(["report"]);
  expect(parsed("clean[ day = 1 , city=San José]")).toEqual(["clean", ["day", "1"], ["city", "San José"]]);
  expect(parsed("t[x=a=b,who=it's]")).toEqual(["t", ["x", "a=b"], ["who", "it's"]]);
  expect(parsed('t[x="a,b]",y="\\""]')).toEqual(["t", ["x", "a,b]"], ["y", '"']]);
});

test.each([
  "",
  "[x=1]",
  "t[",
  "t[]",
  "t[x]",
  "t[x=1",
  "t[x=1]]",
  "t[x=1] ",
  "t[x=1,]",
  "t[x=]",
  't[x="a]',
  't[x="\\q"]',
  "t[x=1,x=2]",
])("%s is no name", (text) => {
  expect(parsed(text)).toBeUndefined();
});

test("every name is read as what it was printed from, and can stand between single quotes", () => {
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(...Array.from("ab,=[]\"'\\ \t\n$é\u2028\ud800")) }),
  );
  const values = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]*$/), value), {
    selector: ([axis]) => axis,
    maxLength: 4,
  });
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z][a-z/-]*$/), values, (task, pairs) => {
      const name = printName(task, pairs);
      expect(name).not.toMatch(/['\p{Cc}]/u);
      expect(parsed(name)).toEqual([task, ...pairs]);
    }),
    { numRuns: 2000 },
  );
});

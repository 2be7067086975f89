import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBytes } from "../../../../src/domain/bytes.ts";
import { readCsv } from "../../../../src/tasks/templates/csv.ts";
import { lineValues } from "../../../../src/tasks/templates/line-values.ts";
import { readListedValues } from "../../../../src/tasks/templates/listed-values.ts";
import type { ValueList } from "../../../../src/tasks/templates/value-list.ts";
import { userErrorOf } from "../../../support/user-error.ts";

function all(values: ValueList): string[] {
  return Array.from({ length: values.length }, (_, i) => values.at(i));
}

function listed(text: string): string[] {
  return all(readListedValues(text, `x=${text}`));
}

function messageOf(work: () => unknown): string {
  const { code, message } = userErrorOf(work);
  return `${code}: ${message}`;
}

describe("a list of values", () => {
  test("has texts and ranges between its commas", () => {
    expect(listed("10,20,50")).toEqual(["10", "20", "50"]);
    expect(listed("a,1..3,b,9..5..2")).toEqual(["a", "1", "2", "3", "b", "9", "7", "5"]);
  });

  test("has empty values where nothing stands between commas", () => {
    expect(listed("a,,b,")).toEqual(["a", "", "b", ""]);
    expect(listed(",")).toEqual(["", ""]);
  });

  test("takes a comma behind a backslash as text, and a doubled backslash as one", () => {
    expect(listed(String.raw`a\,b,c\\,d\n,\\\,`)).toEqual(["a,b", "c\\", "d\\n", "\\,"]);
  });

  test("leaves texts alone that only look a little like ranges", () => {
    expect(listed("../data,a..c,..,v1..v2")).toEqual(["../data", "a..c", "..", "v1..v2"]);
  });

  test("gives back what was written into it", () => {
    const text = fc.string({ unit: "grapheme" }).filter((value) => !/^[+-]?[0-9][0-9.]*\.\./.test(value));
    const values = fc.array(text, { minLength: 1 }).filter((list) => list.join(",") !== "");
    fc.assert(
      fc.property(values, (list) => {
        expect(listed(list.map((value) => value.replaceAll(/[\\,]/g, String.raw`\$&`)).join(","))).toEqual(list);
      }),
    );
  });

  test("refuses what is empty, or no range", () => {
    expect(messageOf(() => listed(""))).toBe(
      "bad-values: x=: there is no value behind the =; an empty value alone is written ::: ''",
    );
    expect(messageOf(() => listed("1..5..0"))).toMatch("x=1..5..0: 1..5..0 is no range: its step is 0");
    expect(messageOf(() => listed("1..1o"))).toMatch(
      "is no range: a range is FROM..TO or FROM..TO..STEP, in whole numbers",
    );
    expect(messageOf(() => listed("0.1..0.5"))).toMatch("in whole numbers");
    expect(messageOf(() => listed("1..99999999999999999999"))).toMatch("its numbers go up to 9007199254740991");
  });

  test("does not write out a range", () => {
    const values = readListedValues("a,0..9007199254740000,b", "x");
    const { length, longest } = values;
    expect([length, values.at(0), values.at(9007199254740001), values.at(length - 1), longest]).toEqual([
      9007199254740003,
      "a",
      "9007199254740000",
      "b",
      16,
    ]);
  });
});

describe("a range", () => {
  test("is the same as bash's", () => {
    const number = fc
      .tuple(fc.constantFrom("", "", "0", "00", "-", "-0"), fc.nat(40))
      .map(([sign, n]) => `${sign}${n}`);
    const step = fc.option(fc.integer({ min: -7, max: 7 }).filter((n) => n !== 0));
    const ranges = fc.sample(fc.tuple(number, number, step), { numRuns: 400, seed: 1 });
    const texts = ranges.map(([from, to, by]) => `${from}..${to}${by === null ? "" : `..${by}`}`);
    const script = texts.map((text) => `echo {${text}}`).join("\n");
    const { stdout } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    expect(texts.map((text) => listed(text).join(" "))).toEqual(stdout.split("\n").slice(0, -1));
  });
});

describe("the lines of a file", () => {
  test("are values, empty lines too, with either end of a line", () => {
    expect(all(lineValues(Buffer.from("a b\r\n\n#c\n d"), "f"))).toEqual(["a b", "", "#c", " d"]);
    expect(all(lineValues(Buffer.from("\uFEFFa\n"), "f"))).toEqual(["a"]);
    expect(all(lineValues(Buffer.from("\n"), "f"))).toEqual([""]);
  });

  test("keep bytes that are not UTF-8", () => {
    expect(all(lineValues(Buffer.from([0xff, 10]), "f"))).toEqual(["\uDCFF"]);
  });

  test("are refused when there are none, or one has a NUL byte", () => {
    expect(messageOf(() => lineValues(Buffer.alloc(0), "f"))).toBe(
      "bad-values: f: there is no line in it, and so no value",
    );
    expect(messageOf(() => lineValues(Buffer.from("a\nb\0c\n"), "f"))).toMatch("bad-values: f:2: NUL byte in the line");
  });
});

describe("a CSV file", () => {
  function table(text: string): readonly unknown[] {
    const { names, columns } = readCsv(Buffer.from(text), "t.csv");
    return [
      names,
      ...Array.from({ length: columns[0]?.length ?? 0 }, (_, row) => columns.map((column) => column.at(row))),
    ];
  }

  test("has names in its first row, and values in the others", () => {
    expect(table("a,b\n1,2\r\n3,\n")).toEqual([
      ["a", "b"],
      ["1", "2"],
      ["3", ""],
    ]);
    expect(table("\uFEFFa\nx")).toEqual([["a"], ["x"]]);
  });

  test("has commas, quotes and line breaks within quotes", () => {
    expect(table('"a ""x""",b\n"1,2","3\r\n4"\n"",""\n')).toEqual([
      ['a "x"', "b"],
      ["1,2", "3\r\n4"],
      ["", ""],
    ]);
  });

  test("is read as it was written, by the rules of RFC 4180", () => {
    const bytes = fc
      .uint8Array({ maxLength: 6 })
      .map((array) => array.map((byte) => [44, 34, 10, 13, 97, 0xff, byte][byte % 7] ?? byte))
      .filter((array) => !array.includes(0))
      .map((array) => decodeBytes(array));
    const rows = fc
      .integer({ min: 1, max: 4 })
      .chain((width) =>
        fc.array(fc.array(bytes, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
      );
    fc.assert(
      fc.property(rows, fc.constantFrom("\n", "\r\n"), (values, end) => {
        const quoted = (value: string): Buffer =>
          Buffer.concat([Buffer.from('"'), bytesOf(value.replaceAll('"', '""')), Buffer.from('"')]);
        const lines = values.map((row) =>
          Buffer.concat(row.flatMap((value, i) => [Buffer.from(i === 0 ? "" : ","), quoted(value)])),
        );
        const head = values[0]?.map((_, i) => `c${i}`).join(",") ?? "";
        const file = Buffer.concat([head, ...lines].flatMap((line) => [Buffer.from(line), Buffer.from(end)]));
        const { columns } = readCsv(file, "f");
        expect(values.map((_, row) => columns.map((column) => column.at(row)))).toEqual(values);
      }),
    );
  });

  function bytesOf(text: string): Buffer {
    return Buffer.concat(
      Array.from(text, (character) => {
        const code = character.codePointAt(0) ?? 0;
        return code >= 0xdc80 && code <= 0xdcff ? Buffer.of(code - 0xdc00) : Buffer.from(character);
      }),
    );
  }

  test.each([
    ["a,b\n1,2\n3\n", "bad-csv: t.csv:3: 1 field in this row, and 2 in the first one"],
    ['a,b\n"x\ny",2\n1,2,3\n', "bad-csv: t.csv:4: 3 fields in this row, and 2 in the first one"],
    ["a,b\n1,2\n\n", "bad-csv: t.csv:3: 1 field in this row"],
    ['a\nx"y\n', "bad-csv: t.csv:2: a quote within a field"],
    ['a\n"x"y\n', "bad-csv: t.csv:2: text behind the closing quote"],
    ['a\nb\n"x\n\n', "bad-csv: t.csv:3: a field begins with a quote that is never closed"],
    ["a,a\n1,2\n", 'bad-csv: t.csv:1: two columns have the name "a"'],
    ["", "bad-csv: t.csv: the file is empty"],
    ["a,b\n", "bad-values: t.csv: there is no row below the names"],
    ["a\nb\0\n", "bad-values: t.csv:2: NUL byte"],
  ])("%j is refused with its place", (text, message) => {
    expect(messageOf(() => table(text))).toContain(message);
  });

  test("may have a column without a name, as the index of a table", () => {
    expect(table(",a\n0,x\n")).toEqual([
      ["", "a"],
      ["0", "x"],
    ]);
  });
});

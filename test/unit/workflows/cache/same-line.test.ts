import { expect, test } from "vitest";
import { linesOf } from "../../../../src/workflows/cache/lines.ts";
import type { MadeRecord } from "../../../../src/workflows/cache/made-record.ts";
import { type Expected, makerIfSame } from "../../../../src/workflows/cache/same-line.ts";

const SAID = { command: "c1", "param n": "d2" };
const RECORD: MadeRecord = {
  type: "made",
  instance: "clean[day=mon]",
  run: 7,
  node: "node3",
  start: 1.5,
  finish: 2.25,
  ingredients: {
    said: SAID,
    code: [{ path: "clean.py", digest: "aa", stamp: "1@1" }],
    inputs: {
      raw: [
        { path: "raw/mon", digest: "bb" },
        { path: "raw/tue", digest: "cc", stamp: "2@2" },
      ],
      none: [],
    },
  },
  outputs: { csv: { path: "é/mon.csv", digest: "dd", stamp: "3@3" }, log: { path: "log", digest: "ee" } },
};
const NOW: Expected = {
  instance: RECORD.instance,
  said: JSON.stringify(SAID),
  files: {
    code: ["clean.py"],
    inputs: [
      ["raw", ["raw/mon", "raw/tue"]],
      ["none", []],
    ],
    outputs: [
      ["csv", "é/mon.csv"],
      ["log", "log"],
    ],
  },
  has: () => true,
};

function lineOf(record: MadeRecord): string {
  return linesOf(record).join("\n");
}

test("a line that says what is expected tells who made it, and asks of each file once", () => {
  const asked: unknown[] = [];
  const has: Expected["has"] = (...file) => asked.push(file) > 0;
  expect(makerIfSame(lineOf(RECORD), { ...NOW, has })).toEqual({ run: 7, node: "node3", start: 1.5, finish: 2.25 });
  expect(asked).toEqual([
    ["clean.py", "aa", "1@1"],
    ["raw/mon", "bb", undefined],
    ["raw/tue", "cc", "2@2"],
    ["é/mon.csv", "dd", "3@3"],
    ["log", "ee", undefined],
  ]);
});

test.each(["clean.py", "raw/mon", "raw/tue", "é/mon.csv", "log"])(
  "contents of %s that may be others are seen",
  (file) => {
    expect(makerIfSame(lineOf(RECORD), { ...NOW, has: (path) => path !== file })).toBeUndefined();
  },
);

const { code, inputs, outputs } = NOW.files;
test.each<[string, Partial<Expected>]>([
  ["another name", { instance: "clean[day=mo]" }],
  ["another command", { said: '{"command":"c2"}' }],
  ["no code", { files: { code: [], inputs, outputs } }],
  ["more code", { files: { code: [...code, "x.py"], inputs, outputs } }],
  ["an input less", { files: { code, inputs: inputs.slice(0, 1), outputs } }],
  ["an input more", { files: { code, inputs: [...inputs, ["x", []]], outputs } }],
  ["an input of fewer files", { files: { code, inputs: [["raw", ["raw/mon"]], ...inputs.slice(1)], outputs } }],
  [
    "files in another order",
    { files: { code, inputs: [["raw", ["raw/tue", "raw/mon"]], ...inputs.slice(1)], outputs } },
  ],
  ["an output less", { files: { code, inputs, outputs: outputs.slice(0, 1) } }],
  ["an output more", { files: { code, inputs, outputs: [...outputs, ["x", "x"]] } }],
  ["another path", { files: { code, inputs, outputs: [["csv", "mon.csv"], ...outputs.slice(1)] } }],
])("%s is seen", (_, change) => {
  expect(makerIfSame(lineOf(RECORD), { ...NOW, ...change })).toBeUndefined();
});

test("no name and no path passes for another text that has its characters", () => {
  const path = 'log","digest":"ee"},"x":{"path":"x';
  const other = { ...RECORD, outputs: { ...RECORD.outputs, x: { path: "x", digest: "ff" } } };
  const files = { code, inputs, outputs: [...outputs.slice(0, 1), ["log", path]] as const };
  expect(makerIfSame(lineOf(other), { ...NOW, files })).toBeUndefined();
  const line = lineOf(RECORD).replace("log", String.raw`\u006cog`);
  expect(
    makerIfSame(line, {
      ...NOW,
      files: {
        code,
        inputs,
        outputs: [
          ["csv", "é/mon.csv"],
          ["log", "\\u006cog"],
        ],
      },
    }),
  ).toBe(undefined);
});

test("a word in the place of a digest, a torn line and a record in parts need a closer look", () => {
  const words = { ...RECORD, outputs: { ...RECORD.outputs, log: { path: "log", digest: "?missing" } } };
  expect(makerIfSame(lineOf(words), NOW)).toBeUndefined();
  const line = lineOf(RECORD);
  for (let end = 0; end < line.length; end++) expect(makerIfSame(line.slice(0, end), NOW)).toBeUndefined();
  expect(makerIfSame(`${line}}`, NOW)).toBeUndefined();
  expect(makerIfSame('{"type":"made","instance":"clean[day=mon]","part":0,"parts":1,"data":"x"}', NOW)).toBeUndefined();
});

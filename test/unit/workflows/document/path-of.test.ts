import { expect, test } from "vitest";
import { pathOf } from "../../../../src/workflows/document/path-of.ts";

const AXIS = { axis: "a" } as const;

test.each([
  ["b", "d/b.csv"],
  ["b/c", "d/b/c.csv"],
  ["./b", "d/b.csv"],
  ["/b", "d/b.csv"],
  ["b//c", "d/b/c.csv"],
  ["..b", "d/..b.csv"],
])("a value %s is in a path from the folder of the run", (value, path) => {
  expect(pathOf(["d/", AXIS, ".csv"], { a: value })).toEqual({ path });
  expect(pathOf(["/d/", AXIS, ".csv"], { a: value })).toEqual({ path: `/${path}` });
});

test.each([
  [["d/", AXIS], "../x", '"d/../x" has .. by the value of an axis'],
  [["d/", AXIS], "x/../y", '"d/x/../y" has .. by the value of an axis'],
  [["/d/", AXIS], "../x", '"/d/../x" has .. by the value of an axis'],
  [["d/.", AXIS, "/x"], ".", '"d/../x" has .. by the value of an axis'],
  [[AXIS], "/etc/x", '"/etc/x" begins with a slash by the value of an axis'],
  [[AXIS, "/x"], "/etc", '"/etc/x" begins with a slash by the value of an axis'],
  [[AXIS], ".", '"." is no path of a file, or of a folder in another one'],
  [["/", AXIS], "./.", '"/./." is no path of a file, or of a folder in another one'],
  [[AXIS, "/x"], ".disbatch", '".disbatch/x" is in .disbatch, which belongs to disbatch'],
  [[AXIS, "/x"], "./.disbatch", '"./.disbatch/x" is in .disbatch, which belongs to disbatch'],
] as const)("%j with %s is no path", (text, value, why) => {
  expect(pathOf(text, { a: value })).toEqual({ why });
});

test("what only looks like the folder of disbatch is none", () => {
  expect(pathOf([AXIS], { a: ".disbatches/x" })).toEqual({ path: ".disbatches/x" });
  expect(pathOf(["d/", AXIS], { a: ".disbatch/x" })).toEqual({ path: "d/.disbatch/x" });
  expect(pathOf(["/", AXIS], { a: ".disbatch" })).toEqual({ path: "/.disbatch" });
});

import { expect, test } from "vitest";
import { pathsInRun } from "../../../../src/run/workflow/paths-in-run.ts";

function paths(file: string, folder: string, prefix: string): readonly string[] {
  return pathsInRun([file], folder, prefix).map(({ path }) => path);
}

test("a file is called by its path from the folder of the run, first of all", () => {
  expect(paths("/home/x/data/a.csv", "/home/x", "/home/x/w")[0]).toBe("data/a.csv");
  expect(paths("/home/x/data/a.csv", "/home/x", "/home/x/records/w")[0]).toBe("data/a.csv");
});

test("in a tree that was moved it is called by its path from a folder above the records, the nearest first", () => {
  expect(paths("/new/data/a.csv", "/old", "/new/records/w")).toEqual([
    "data/a.csv",
    "new/data/a.csv",
    "/new/data/a.csv",
  ]);
});

test("outside of all of these it is called by its absolute path, and one beside a folder is not in it", () => {
  expect(paths("/home/xy/a.csv", "/home/x", "/home/x/w")).toEqual(["xy/a.csv", "home/xy/a.csv", "/home/xy/a.csv"]);
  expect(paths("/home/x", "/home/x", "/home/x/w")).toEqual(["x", "home/x", "/home/x"]);
});

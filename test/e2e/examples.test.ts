import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";

const EXAMPLES = path.resolve(import.meta.dirname, "../../exampleTaskFiles");
const ROW = /^\| `(?<file>\w+)` \|.*\| (?<exit>\d+) \| (?<withE>\d+) \|$/gm;

/** What the examples' own README says of each file. */
const rows = [...readFileSync(path.join(EXAMPLES, "README.md"), "utf8").matchAll(ROW)].map(({ groups }) => ({
  file: groups?.["file"] ?? "",
  exit: Number(groups?.["exit"]),
  withE: Number(groups?.["withE"]),
}));

test("the README of the examples has a row for each of them", () => {
  const files = readdirSync(EXAMPLES).filter((name) => name !== "README.md");
  expect(rows.map(({ file }) => file).toSorted()).toEqual(files.toSorted());
});

describe.each(artifacts)("the $name", (artifact) => {
  test.each(rows)(
    "ends the example $file with $exit, and with $withE when -e is given",
    async ({ file, exit, withE }) => {
      const workspace = openWorkspace();
      const plain = workspace.run(artifact, ["-s", "localhost:2", "-p", "plain", path.join(EXAMPLES, file)]);
      expect((await plain.exited).code).toBe(exit);
      const strict = workspace.run(artifact, ["-e", "-s", "localhost:2", "-p", "strict", path.join(EXAMPLES, file)]);
      expect((await strict.exited).code).toBe(withE);
    },
  );
});

import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";

const EXAMPLES = path.resolve(import.meta.dirname, "../../exampleWorkflows");
const ROW = /^\| `(?<file>[\w-]+\.yaml)` \|.*\| (?<instances>\d+) \| (?<made>[\w.]+): (?<last>[^|]+) \|$/gm;

/** What the examples' own README says of each. */
const rows = [...readFileSync(path.join(EXAMPLES, "README.md"), "utf8").matchAll(ROW)].map(({ groups }) => ({
  file: groups?.["file"] ?? "",
  instances: Number(groups?.["instances"]),
  made: groups?.["made"] ?? "",
  last: groups?.["last"] ?? "",
}));

test("the README of the example workflows has a row for each of them", () => {
  const files = readdirSync(EXAMPLES).filter((name) => name.endsWith(".yaml"));
  expect(rows.map(({ file }) => file).toSorted()).toEqual(files.toSorted());
});

describe.each(artifacts)("the $name", (artifact) => {
  test.each(rows)("runs $file, whose $made ends with: $last", async ({ file, instances, made, last }) => {
    const workspace = openWorkspace();
    const begunWith = path.join(EXAMPLES, path.basename(file, ".yaml"));
    if (existsSync(begunWith)) cpSync(begunWith, workspace.folder, { recursive: true });
    const args = ["run", "-s", "localhost:4", path.join(EXAMPLES, file)];
    const run = workspace.run(artifact, args);
    expect({ ...(await run.exited), stderr: run.stderr() }).toMatchObject({ code: 0 });
    const status = workspace.status(`${path.basename(file, ".yaml")}_status.txt`);
    expect(status).toHaveLength(instances);
    expect(workspace.read(made).trimEnd().split("\n").at(-1)).toBe(last);
    const again = workspace.run(artifact, args);
    expect({ ...(await again.exited), stderr: again.stderr() }).toMatchObject({ code: 0 });
    expect(workspace.status(`${path.basename(file, ".yaml")}_status.txt`)).toHaveLength(instances);
  });
});

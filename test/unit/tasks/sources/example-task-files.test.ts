import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { openTaskFile } from "../../../../src/tasks/sources/task-file.ts";
import { collect, userErrorOf } from "./collect.ts";

const FOLDER = join(import.meta.dirname, "../../../../exampleTaskFiles");
/** Programs and the like have an ending. */
const FILES = readdirSync(FOLDER).filter((name) => !name.includes("."));
/** File name and exit code of each row. */
const ROWS = [...readFileSync(join(FOLDER, "README.md"), "utf8").matchAll(/^\| `(\w+)` \|.*\| (\d+) \| \d+ \|$/gm)];
const EXIT_CODES = new Map(ROWS.map(([, name = "", code]) => [name, Number(code)]));

describe("the example task files", () => {
  it("are all described", () => {
    expect([...EXIT_CODES.keys()].toSorted()).toEqual(FILES.toSorted());
  });

  it.each(FILES.filter((name) => EXIT_CODES.get(name) !== 2))("%s can be run", async (name) => {
    const { source, warnings } = await openTaskFile(join(FOLDER, name), { lenient: false });
    expect(warnings).toEqual([]);
    const items = await collect(source);
    expect(items.filter(({ kind }) => kind === "task")).toHaveLength(source.total ?? -1);
    expect(items.length > 1 || name === "Empty").toBe(true);
    await source.close();
  });

  it.each(FILES.filter((name) => EXIT_CODES.get(name) === 2))("%s is refused", async (name) => {
    const error = await userErrorOf(openTaskFile(join(FOLDER, name), { lenient: false }));
    expect(error).toMatchObject({ code: "task-file-refused", exitCode: 2 });
  });
});

import { expect, test } from "vitest";
import { parseOptions } from "../../../src/cli/options.ts";
import { DEFAULTS, nameOfTasks } from "../../../src/run/settings.ts";

test("a command line that names a task file and nothing else leaves all settings at their defaults", () => {
  expect(parseOptions(["Tasks"], "1.2.3")).toMatchObject({ type: "run", settings: { ...DEFAULTS, taskFile: "Tasks" } });
});

test("tasks see the base name of their file, or that they came from a stream", () => {
  expect([
    nameOfTasks({ taskFile: "a/b/Tasks", template: undefined, name: undefined }),
    nameOfTasks({ taskFile: "-", template: undefined, name: undefined }),
  ]).toEqual(["Tasks", "stdin"]);
});

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { artifacts, singleExecutable } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";
import { runDisbatch } from "../support/run-disbatch.ts";
import { RUNTIMES } from "../unit/node/process/runtimes.ts";

const EXAMPLES = path.resolve(import.meta.dirname, "../../exampleTaskFiles");
const ROW = /^\| `(?<file>\w+)` \|.*\| (?<exit>\d+) \| (?<withE>\d+) \|$/gm;

/** What the examples' own README says of each file. */
const rows = [...readFileSync(path.join(EXAMPLES, "README.md"), "utf8").matchAll(ROW)].map(({ groups }) => ({
  file: groups?.["file"] ?? "",
  exit: Number(groups?.["exit"]),
  withE: Number(groups?.["withE"]),
}));

const PROGRAM_ROW = /^\| `(?<program>[\w-]+\.mjs)` \|.*\| (?<last>[^|]+) \|$/gm;

/** What it says of each program, whose last line it shows. */
const programs = [...readFileSync(path.join(EXAMPLES, "README.md"), "utf8").matchAll(PROGRAM_ROW)].map(
  ({ groups }) => ({
    program: groups?.["program"] ?? "",
    last: groups?.["last"] ?? "",
  }),
);

test("the README of the examples has a row for each of them", () => {
  const files = readdirSync(EXAMPLES);
  expect(rows.map(({ file }) => file).toSorted()).toEqual(files.filter((name) => !name.includes(".")).toSorted());
  expect(programs.map(({ program }) => program).toSorted()).toEqual(
    files.filter((name) => name.endsWith(".mjs")).toSorted(),
  );
});

describe.each(RUNTIMES)("under %s", (_, runtime) => {
  test.each(programs)("the program $program ends with: $last", async ({ program, last }) => {
    const workspace = openWorkspace();
    const command = [runtime, path.join(EXAMPLES, program)] as const;
    const run = runDisbatch({ name: program, file: program, command }, [], {
      cwd: workspace.folder,
      env: workspace.env,
    });
    const { code } = await run.exited;
    expect([code, run.stderr()]).toEqual([0, ""]);
    expect(run.stdout().trimEnd().split("\n").at(-1)).toBe(last);
  });
});

test("the tasks of the example GPU that run at once have GPUs of their own", async () => {
  const workspace = openWorkspace();
  const args = ["-e", "-s", "localhost:2", "-E", "CUDA_VISIBLE_DEVICES", path.join(EXAMPLES, "GPU")];
  const run = workspace.run(singleExecutable, args, { env: { CUDA_VISIBLE_DEVICES: "4,7" } });
  expect((await run.exited).code).toBe(0);
  const logs = readdirSync(workspace.folder).filter((name) => /^gpu_\d\.log$/.test(name));
  expect(logs).toHaveLength(8);
  expect(new Set(logs.map((name) => readFileSync(workspace.path(name), "utf8")))).toEqual(new Set(["4\n", "7\n"]));
});

const COMMAND_ROW = /^\| `(?<file>[\w-]+\.py)` \|.*\| (?<last>[^|]+) \|$/gm;

/** What it says of each task command, the last line of whose log it shows. */
const commands = [...readFileSync(path.join(EXAMPLES, "README.md"), "utf8").matchAll(COMMAND_ROW)].map(
  ({ groups }) => ({ file: groups?.["file"] ?? "", last: groups?.["last"] ?? "" }),
);

test("the README of the examples has a row for each task command", () => {
  const files = readdirSync(EXAMPLES).filter((name) => name.endsWith(".py"));
  expect(commands.map(({ file }) => file).toSorted()).toEqual(files.toSorted());
});

describe.each(artifacts)("the $name", (artifact) => {
  test.each(commands)("runs the tasks of $file, which ends with: $last", async ({ file, last }) => {
    const workspace = openWorkspace();
    const command = `python3 ${path.join(EXAMPLES, file)}`;
    const run = workspace.run(artifact, ["-e", "-s", "localhost:2", "-p", "run", "--taskcommand", command]);
    expect((await run.exited).code).toBe(0);
    expect(workspace.read("run_taskcommand.log").trimEnd().split("\n").at(-1)).toBe(last);
  });

  test.each(rows)(
    "ends the example $file with $exit, and with $withE when -e is given",
    async ({ file, exit, withE }) => {
      const workspace = openWorkspace();
      // Some name files in /tmp after the run.
      const mine = path.basename(path.dirname(workspace.folder));
      const plain = workspace.run(artifact, ["-s", "localhost:2", "-p", `plain-${mine}`, path.join(EXAMPLES, file)]);
      expect((await plain.exited).code).toBe(exit);
      const strict = workspace.run(artifact, [
        "-e",
        "-s",
        "localhost:2",
        "-p",
        `strict-${mine}`,
        path.join(EXAMPLES, file),
      ]);
      expect((await strict.exited).code).toBe(withE);
    },
    // Each runs twice, and some have thousands of tasks that start programs: on a busy machine that takes two minutes.
    600_000,
  );
});

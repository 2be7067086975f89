import { spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { artifacts, type Artifact, singleExecutable } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";
import type { Workspace } from "../support/workspace.ts";

/** The script for PATH and for sbatch. */
const SCRIPT = path.join(path.dirname(singleExecutable.file), "bin", "disbatch");
const started: readonly Artifact[] = [...artifacts, { name: "script of dist/bin", file: SCRIPT, command: [SCRIPT] }];

/** What a shell can define and export, and what only other programs can. */
const ODD = {
  "BASH_FUNC_module%%": "() {  eval `modulecmd bash $*`\n}",
  "BASH_FUNC_half%%": "() {  ((( no function",
  ...{ "a.b": "dotted", "a-b": "dashed", "x y": "blank", "1st": "digit", ä: "letter", "%": "" },
  ...{ EMPTY: "", LINES_OF_TEXT: "one\ntwo\n", QUOTES: `'"\\$x`, SHLVL: "7", OLDPWD: "/usr", TZ: "UTC" },
  // Names that a script could have for its own.
  ...{ near: "1", program: "2", kept: "3", variable: "4", shown: "5", path: "6", word: "7" },
  // The first is for every shell, such as to see what it does; the second changes the environment each time it is run.
  ...{ SHELLOPTS: "braceexpand:hashall:interactive-comments:pipefail", BASH_ENV: "counts.sh" },
};

/** Variables that tasks get beside the caller's; and the one in which each shell names what it starts. */
const OTHERS = /^(?:DISBATCH_[A-Z_]+|(?:OMP|MKL|OPENBLAS|NUMEXPR)_NUM_THREADS|_)=/;

describe.each(started)("a task that the $name runs", (artifact) => {
  test.each([{ options: [] }, { options: ["--env-all"] }])(
    "finds its caller's environment with $options",
    async ({ options }) => {
      const workspace = openWorkspace();
      workspace.write("counts.sh", 'export COUNT="x$COUNT"\n');
      workspace.writeTasks("cat /proc/$$/environ > environ; env -0 > seen");
      const env = { ...ODD, PWD: workspace.folder };
      const run = workspace.run(artifact, [...options, "-s", "localhost:1", "-p", "run", "Tasks"], { env });
      expect({ ...(await run.exited), stderr: run.stderr() }).toMatchObject({ code: 0 });
      const expected = directly(workspace, env);
      for (const [file, variables] of Object.entries(expected)) expect(variablesIn(workspace, file)).toEqual(variables);
    },
  );
});

/** What the same command finds that the caller runs by itself. */
function directly(workspace: Workspace, env: Readonly<Record<string, string>>): Record<string, string[]> {
  const task = workspace.read("Tasks").replaceAll("> ", "> directly_");
  spawnSync("/bin/bash", ["-c", task], { cwd: workspace.folder, env: { ...workspace.env, ...env } });
  return Object.fromEntries(["environ", "seen"].map((name) => [name, variablesIn(workspace, `directly_${name}`)]));
}

function variablesIn(workspace: Workspace, file: string): string[] {
  const entries = workspace.read(file).split("\0").slice(0, -1);
  return entries.filter((entry) => !OTHERS.test(entry)).toSorted();
}

import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";
import { filesBelow } from "../support/folder-contents.ts";
import { parseStatusLine } from "../support/status-file.ts";

const COUNT = 200;

describe.each(artifacts)("the $name", (artifact) => {
  // Blocks of 1024 bytes: what the records of a few dozen tasks need, so that one of the files is full in the middle.
  test.each([4, 8, 16])("loses no result when no file may grow beyond %i KiB, and stops with 3", async (blocks) => {
    const workspace = openWorkspace();
    workspace.writeTasks(...Array.from({ length: COUNT }, (_, id) => `: > ran.${id} # ${"padding ".repeat(8)}`));
    const args = ["-s", "localhost:2", "-p", "run", "Tasks"];
    const limited = ["/bin/bash", "-c", `ulimit -f ${blocks}; exec "$@"`, "bash"];
    const run = workspace.run(artifact, args, { wrapper: limited });
    expect(await run.exited).toEqual({ code: 3, signal: null });
    const ran = ranTasks(filesBelow(workspace.folder));
    expect(ran.length).toBeGreaterThan(0);
    expect(ran.length).toBeLessThan(COUNT);
    // The journal is not shown: nothing is gone on with from it.
    expect(run.stderr()).not.toContain('{"e":');
    const recorded = workspace.read("run_status.txt");
    // What is shown adds what is missing, when it is pasted.
    const shown = /^printf .*$/m.exec(run.stderr())?.[0] ?? "";
    execFileSync("/bin/bash", ["-c", shown], { cwd: workspace.tmp });
    expect(wholeLines(workspace.read("run_status.txt")).toSorted((x, y) => x - y)).toEqual(ran);
    workspace.write("run_status.txt", recorded);
    // What is in the file is done; what stands only on stderr is run again.
    const rest = workspace.run(artifact, [...args, "-r", "run_status.txt"]);
    expect((await rest.exited).code).toBe(0);
    expect(ranTasks(filesBelow(workspace.folder))).toHaveLength(COUNT);
    expect(new Set(wholeLines(workspace.read("run_status.txt"))).size).toBe(COUNT);
  });
});

function ranTasks(files: readonly string[]): number[] {
  return files
    .filter((name) => name.startsWith("ran."))
    .map((name) => Number(name.slice(4)))
    .toSorted((x, y) => x - y);
}

/** Ids of the status lines in a text; lines that are torn or something else are passed over. */
function wholeLines(text: string): number[] {
  return text
    .split("\n")
    .filter((line) => line.split("\t").length === 15 && line.endsWith("padding "))
    .map((line) => parseStatusLine(line).taskId);
}

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { FinishedTask } from "../../../src/domain/finished-task.ts";
import { openRun } from "../../../src/run/open-run.ts";
import type { Run } from "../../../src/run/run.ts";
import { DEFAULTS } from "../../../src/run/settings.ts";
import type { OpenList } from "../../../src/tasks/sources/open-list.ts";
import { bundle } from "../../unit/node/process/runtimes.ts";
import { scratchFolder } from "../../unit/node/process/scratch.ts";

const program = {
  command: [process.execPath, bundle(new URL("../../../bin/disbatch.ts", import.meta.url))],
  args: [],
  version: "1.2.3",
} as const;

/** A run to which tasks are submitted, and what has finished in it. */
async function openedRun(): Promise<{ run: Run; list: OpenList; finished: FinishedTask[] }> {
  const run = await openRun(
    {
      ...DEFAULTS,
      ...{ taskFile: undefined, keepOpen: true, prefix: path.join(scratchFolder(), "run"), sshNode: ["localhost:2"] },
    },
    { program, env: { PATH: process.env["PATH"] }, observers: () => [], say: () => undefined },
  );
  const { list } = run;
  if (list === undefined) throw new Error("nothing can be submitted");
  const finished: FinishedTask[] = [];
  run.finished.listen((one) => void finished.push(one));
  return { run, list, finished };
}

/** Resolves with what finishes next. */
function next(run: Run): Promise<FinishedTask> {
  return new Promise((resolve) => {
    const stop = run.finished.listen((finished) => {
      stop();
      resolve(finished);
    });
  });
}

function rounded(finished: FinishedTask): FinishedTask {
  const [start, finish] = [finished.start.toFixed(3), finished.finish.toFixed(3)].map(Number);
  return { ...finished, start: start ?? 0, finish: finish ?? 0, elapsed: 0 };
}

describe("a run to which tasks are submitted", () => {
  test("runs each at once, tells what came of it when it stands in the records, and ends when the list does", async () => {
    const { run, list, finished } = await openedRun();
    for (const [line, returnCode] of [
      ["echo one", 0],
      ["exit 3", 3],
    ] as const) {
      const first = next(run);
      const { first: id } = list.submit(line);
      expect(readFileSync(run.files.tasks, "utf8").endsWith(`${line}\n`)).toBe(true);
      expect(await first).toMatchObject({ kind: "task", id, returnCode, command: line, attempts: 1 });
      expect(readFileSync(run.files.status, "utf8").trimEnd().split("\n")).toHaveLength(id + 1);
    }
    list.submit("#DISBATCH BARRIER");
    list.end();
    const { reason, counts } = await run.outcome;
    expect([reason, counts.succeeded, counts.failed]).toEqual(["done", 1, 1]);
    expect(finished.map(({ kind, succeeded }) => [kind, succeeded])).toEqual([
      ["task", true],
      ["task", false],
      ["barrier", true],
    ]);
    await run.over;
    expect(existsSync(run.files.tasks)).toBe(true);
    // Read from the records, where times have three decimals.
    const recalled = await run.recall([0, 1, 2, 3]);
    expect([...recalled.values()].map(rounded)).toEqual(finished.map(rounded));
  });

  test("takes none any more when it is over, whoever has ended it", async () => {
    const { run, list } = await openedRun();
    run.drain("stopped");
    expect((await run.outcome).reason).toBe("stopped");
    expect(() => list.submit("true")).toThrow(expect.objectContaining({ code: "list-ended" }));
  });
});

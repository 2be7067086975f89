import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import type { TaskResult } from "../../../../src/domain/result.ts";
import type { PreviousOutcome, Task } from "../../../../src/domain/task.ts";
import { Ledger } from "../../../../src/records/ledger/ledger.ts";
import { StatusFile } from "../../../../src/records/statusfile/status-file.ts";
import { HEADER_LINE } from "../../../../src/records/statusfile/record.ts";
import { scratchFile } from "../ledger/scratch.ts";

const NONE = { bytes: 0, snippet: "" };
const TASK: Task = { kind: "task", id: 5, line: 7, repeatIndex: 2, command: "work" };
const OUTCOME = { node: "n1", pid: 99, ending: exited(3), start: 10, finish: 12.5, output: NONE, error: NONE };
const RESULT: TaskResult = { taskId: 5, attempt: 1, engine: 0, slot: 0, ...OUTCOME };
const DRIVER = { node: "head", pid: 42 };

/** What the status file holds after these events. */
async function writtenFor(events: readonly RunEvent[], header = false, existing?: string): Promise<string> {
  const path = scratchFile("status.txt");
  if (existing !== undefined) writeFileSync(path, existing);
  const ledger = existing === undefined ? Ledger.create(path) : Ledger.append(path);
  const reporter = new StatusFile(ledger, DRIVER, { header });
  for (const event of events) reporter.handle(event);
  reporter.commit();
  expect(reporter.unwritten()).toBe("");
  await reporter.close();
  return readFileSync(path, "utf8");
}

function skipped(alreadyRecorded: boolean): RunEvent {
  const previous: PreviousOutcome = { ...OUTCOME, alreadyRecorded };
  return { type: "task-skipped", time: 50, skipped: { kind: "skipped", task: TASK, previous } };
}

describe("events that have a line", () => {
  test("a finished task", async () => {
    expect(await writtenFor([{ type: "task-finished", time: 50, task: TASK, result: RESULT }])).toBe(
      "R   \t5\t7\t2\tn1\t99\t3\t2.500\t10.000\t12.500\t0\t''\t0\t''\twork\n",
    );
  });

  test("a skipped task repeats the earlier run's host, process, times and code", async () => {
    expect(await writtenFor([skipped(false)])).toBe(
      "R  S\t5\t7\t2\tn1\t99\t3\t2.500\t10.000\t12.500\t0\t''\t0\t''\twork\n",
    );
  });

  test("a per-engine command", async () => {
    const command = { kind: "per-engine", when: "start", id: 1, line: 3, command: "setup" } as const;
    expect(await writtenFor([{ type: "per-engine-finished", time: 50, command, result: RESULT }])).toBe(
      "R  P\t1\t3\t-1\tn1\t99\t3\t2.500\t10.000\t12.500\t0\t''\t0\t''\tsetup\n",
    );
  });

  test("a barrier stands with the driver's host and process, and how long it was waited for", async () => {
    const barrier = { kind: "barrier", id: 4, line: 6, check: false, text: "#DISBATCH BARRIER" } as const;
    const check = { ...barrier, check: true, text: "#DISBATCH BARRIER CHECK" };
    const events = [barrier, check].map((one): RunEvent => ({
      type: "barrier-passed",
      time: 20.5,
      barrier: one,
      since: 20,
      failed: one.check,
    }));
    expect(await writtenFor(events)).toBe(
      "B    \t4\t6\t-1\thead\t42\t0\t0.500\t20.000\t20.500\t0\t''\t0\t''\t#DISBATCH BARRIER\n" +
        "C    \t4\t6\t-1\thead\t42\t0\t0.500\t20.000\t20.500\t0\t''\t0\t''\t#DISBATCH BARRIER CHECK\n",
    );
  });
});

test("an interrupted task, a skipped one that is already recorded, and other events have no line", async () => {
  const events: readonly RunEvent[] = [
    { type: "run-started", time: 1, jobId: "j", taskFile: "Tasks" },
    { type: "task-assigned", time: 1, task: TASK, attempt: 1, crashes: 0, engine: 0 },
    { type: "task-interrupted", time: 2, task: TASK, result: RESULT },
    skipped(true),
    { type: "warning", time: 3, message: "careful" },
    { type: "run-ended", time: 4, reason: "interrupted" },
  ];
  expect(await writtenFor(events)).toBe("");
});

describe("the header", () => {
  test("is the first line of a new file when it is asked for", async () => {
    expect(await writtenFor([], true)).toBe(`${HEADER_LINE}\n`);
    expect(await writtenFor([], false)).toBe("");
  });

  test("is written to a file that is empty, and not again to one that is not", async () => {
    expect(await writtenFor([], true, "")).toBe(`${HEADER_LINE}\n`);
    expect(await writtenFor([], true, "old\n")).toBe("old\n");
  });
});

test("what cannot be written is told by commit and can be shown", async () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  const disk = {
    writeSync: (): number => {
      throw full;
    },
    fdatasync: (_fd: number, done: (error: Error | null) => void): void => done(null),
  };
  const reporter = new StatusFile(Ledger.create(scratchFile("status.txt"), disk), DRIVER, { header: false });
  reporter.handle({ type: "task-finished", time: 50, task: TASK, result: RESULT });
  expect(() => reporter.commit()).toThrow("no space left on device (ENOSPC)");
  expect(reporter.unwritten()).toContain("\twork\n");
  await expect(reporter.close()).rejects.toMatchObject({ code: "record-failed", exitCode: 3 });
});

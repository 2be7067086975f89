import * as fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { formatFailures } from "../../../../src/faces/report/failures-text.ts";
import { reportJson } from "../../../../src/faces/report/json.ts";
import { makeReport } from "../../../../src/faces/report/make-report.ts";
import type { Report } from "../../../../src/faces/report/report.ts";
import { formatReport } from "../../../../src/faces/report/text.ts";
import { columnsOf } from "../../../../src/faces/terminal/text.ts";
import type { StatusRecord } from "../../../../src/records/statusfile/record.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { NO_LEAK, type TaskResult } from "../../../../src/domain/result.ts";
import { exited, signalled } from "../../../../src/domain/ending.ts";
import { journalOf, opened, type WrittenRecords } from "../../records/outcomes/opened.ts";
import { anyRecord, statusFile } from "../../records/statusfile/records.ts";

const COMMAND = "cd /home/you && disbatch -r /home/you/run_status.txt -R -s localhost:2 -p run Tasks";
const NEXT = [{ purpose: "to run the failed ones again", command: COMMAND }];

function reportOf(...files: readonly WrittenRecords[]): Report {
  return makeReport(opened(...files), () => ({ name: "run", state: "ended", reason: "done", next: NEXT }));
}

/** A run on two nodes, of which one is slow and fails; a barrier in the middle, and a task that was run twice. */
function mixedRun(): Report {
  const tasks = Array.from({ length: 40 }, (_, n): Partial<StatusRecord> => {
    const isBad = n % 2 === 1;
    const id = n < 20 ? n : n + 1;
    const start = 1700000000 + Math.floor(n / 2) * 4 + (n < 20 ? 0 : 10);
    const failed = isBad && n % 3 === 0;
    return {
      ...{ id, line: n + 1, node: isBad ? "bad" : "good", start, finish: start + (isBad ? 4 : 1.5) },
      ...{ returnCode: failed ? 137 : 0, command: `./simulate --seed ${n} --output ${"long/".repeat(n % 5)}out.h5` },
      ...(failed && { error: { bytes: 40, snippet: `\u001b[31mKilled: out of memory allocating ${n * 1000}\n` } }),
    };
  });
  const barrier: Partial<StatusRecord> = { kind: "barrier", id: 20, start: 1700000036, finish: 1700000050 };
  const again: Partial<StatusRecord> = { ...tasks[3], returnCode: 0, start: 1700000100, finish: 1700000130 };
  return reportOf({ status: `${statusFile(...tasks, barrier, again)}torn` });
}

/** The mixed run, as every machine shows it. */
function shownRun(): Report {
  vi.stubEnv("TZ", "UTC");
  onTestFinished(() => void vi.unstubAllEnvs());
  const report = mixedRun();
  return { ...report, sources: report.sources.map((source) => ({ ...source, file: "run_status.txt" })) };
}

/** A workflow of which two instances failed, and one of these in an earlier run too. */
function workflowRun(): Report {
  vi.stubEnv("TZ", "UTC");
  onTestFinished(() => void vi.unstubAllEnvs());
  const at = (id: number, command: string, returnCode = 0): Partial<StatusRecord> => ({
    ...{ id, command, returnCode, start: 1700000000 + id, finish: 1700000002 + 2 * id },
  });
  const status = statusFile(
    at(0, "days"),
    at(1, "fetch[day=2031-01-01]", 22),
    at(2, "fetch[day=2031-01-02]", 22),
    at(3, "fetch[day=2031-01-03]"),
    at(11, "fetch[day=2031-01-01]"),
    at(12, "fetch[day=2031-01-02]", 22),
  );
  const tallies = [
    { name: "days", counts: { done: 1 }, isGrowing: false },
    { name: "fetch", counts: { done: 2, failed: 1 }, isGrowing: false },
    { name: "clean-of-all-that-was-fetched", counts: { done: 0, blocked: 1, waiting: 2 }, isGrowing: false },
  ];
  const outcomes = opened({ status, isWorkflow: true });
  const report = makeReport(outcomes, () => ({ name: "weather", state: "ended", reason: "done", next: [] }), tallies);
  return { ...report, sources: report.sources.map((source) => ({ ...source, file: "weather_status.txt" })) };
}

describe("the report of a workflow", () => {
  test.each([40, 100])("is as in the golden file at %d columns", async (width) => {
    await expect(formatReport(workflowRun(), width)).toMatchFileSnapshot(`goldens/workflow-${width}.txt`);
  });

  test("counts an instance once, by what came of it last, and knows of those that never ran", () => {
    const { outcomes, templates } = workflowRun();
    expect(outcomes).toMatchObject({ total: 7, succeeded: 3, failed: 1, missing: 3, replaced: 2, differing: 0 });
    expect(templates?.map(({ name, succeeded, failed, failures }) => [name, succeeded, failed, failures])).toEqual([
      ["days", 1, 0, []],
      ["fetch", 2, 1, ["fetch[day=2031-01-02]"]],
      ["clean-of-all-that-was-fetched", 0, 0, []],
    ]);
  });

  test("is a field of the JSON, which other runs do not have", () => {
    expect(JSON.parse(reportJson(workflowRun()))).toMatchObject({
      templates: [{ name: "days" }, { name: "fetch", counts: { done: 2, failed: 1 } }, { counts: { blocked: 1 } }],
    });
    expect(JSON.parse(reportJson(mixedRun()))).not.toHaveProperty("templates");
  });
});

describe("the text", () => {
  test.each([40, 60, 100, 200])("is as in the golden file at %d columns", async (width) => {
    await expect(formatReport(shownRun(), width)).toMatchFileSnapshot(`goldens/report-${width}.txt`);
  });

  test.each([40, 100])("of failures is as in the golden file at %d columns", async (width) => {
    await expect(formatFailures(shownRun(), width, "disbatch monitor --errors /home/you/run")).toMatchFileSnapshot(
      `goldens/failed-${width}.txt`,
    );
  });

  test("fits any terminal and acts on none, whatever the records say", () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 12 }), fc.integer({ min: 40, max: 200 }), (records, width) => {
        const report = reportOf({ status: statusFile(...records) });
        for (const text of [formatReport(report, width), formatFailures(report, width, undefined)]) {
          const lines = text.split("\n").filter((line) => !line.includes(COMMAND));
          expect(lines.filter((line) => columnsOf(line) > width)).toEqual([]);
          // oxlint-disable-next-line no-control-regex
          expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("of a run without a task says no more than there is", () => {
    expect(formatReport(reportOf({ status: "" }), 80)).toMatch(/^run: ended, 0 tasks done\n/);
  });
});

describe("the numbers", () => {
  test("equal those of a naive count", () => {
    const outcome = anyRecord.map((record): StatusRecord => ({ ...record, id: record.id % 8 }));
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 30 }), (records) => {
        const { outcomes, durations, kinds, nodes } = reportOf({ status: statusFile(...records) });
        const last = new Map<number, StatusRecord>();
        for (const record of records) {
          if (record.kind !== "task" && record.kind !== "skipped") continue;
          const before = last.get(record.id);
          if (record.returnCode === 0 || before === undefined || before.returnCode !== 0) last.set(record.id, record);
        }
        const counted = [...last.values()];
        const failed = counted.filter(({ returnCode }) => returnCode !== 0);
        const took = counted.map(({ start, finish }) => Math.max(0, finish - start));
        expect(outcomes.succeeded).toBe(counted.length - failed.length);
        expect(outcomes.failed).toBe(failed.length);
        expect(outcomes.earlier).toBe(counted.filter(({ kind }) => kind === "skipped").length);
        expect(kinds.reduce((sum, { count }) => sum + count, 0)).toBe(failed.length);
        expect(durations.count).toBe(counted.length);
        expect(durations.longest).toBeCloseTo(Math.max(0, ...took), 3);
        const runs = records.filter(({ kind }) => kind === "task");
        expect(nodes.reduce((sum, { tasks }) => sum + tasks, 0)).toBe(runs.length);
        expect(nodes.reduce((sum, node) => sum + node.failed, 0)).toBe(
          runs.filter((one) => one.returnCode !== 0).length,
        );
      }),
    );
  });

  test("tell how slots were used, and where they idled", () => {
    const { time } = mixedRun();
    const idle = Object.fromEntries((time?.idle ?? []).map(({ why, seconds }) => [why, seconds]));
    // Two slots for 130 s; 20 tasks of 1.5 s, 20 of 4 s, and one of 30 s.
    expect(time).toMatchObject({ makespan: 130, slots: 2, reconstructed: true, offered: 260, busy: 140 });
    expect(time?.bound).toEqual({ seconds: 70, by: "work" });
    expect(idle).toEqual({ start: 0, barrier: 22.5, tail: 30, other: 67.5 });
  });

  test("know no better time than the slots allow that were there: an engine that left early is counted until then", () => {
    const event = { time: 1000, engine: 0 } as const;
    const engine = (rank: number): RunEvent => ({
      ...{ type: "engine-joined", time: 1000 },
      engine: { id: `${rank}`, rank, node: `n${rank}`, pid: 1, slots: 1, context: "SSH0" },
    });
    const report = reportOf({
      status: statusFile(
        ...[0, 1, 2, 3].map((id) => ({ id, line: id + 1, node: "n0", start: 1000 + 10 * id, finish: 1010 + 10 * id })),
        { id: 4, line: 5, node: "n1", start: 1000, finish: 1010 },
      ),
      journal: journalOf(
        { type: "run-started", time: 1000, jobId: "run", taskFile: "Tasks", total: 5 },
        engine(0),
        engine(1),
        { ...event, type: "engine-left", time: 1010, engine: 1 },
        { ...event, type: "run-ended", time: 1040, reason: "done" },
      ),
    });
    // All work on two slots had taken 25 s, but one of them was there for 10 s only.
    expect(report.time).toMatchObject({ makespan: 40, slots: 2, bound: { seconds: 40, by: "work" } });
  });

  test("of a run whose driver died last until the last task that its journal tells of", () => {
    const task = { kind: "task", id: 0, line: 1, repeatIndex: -1, command: "true" } as const;
    const result: TaskResult = {
      ...{
        taskId: 0,
        attempt: 1,
        node: "n0",
        engine: 0,
        slot: 0,
        pid: 7,
        ending: exited(0),
        start: 1000,
        finish: 1090,
      },
      ...{ output: NO_LEAK, error: NO_LEAK },
    };
    const report = reportOf({
      status: statusFile({ id: 0, line: 1, node: "n0", start: 1000, finish: 1090 }),
      journal: journalOf(
        { type: "run-started", time: 1000, jobId: "run", taskFile: "Tasks", total: 5 },
        { type: "task-finished", time: 1090, task, result },
        { type: "task-assigned", time: 1091, task: { ...task, id: 1 }, attempt: 1, crashes: 0, engine: 0 },
      ),
    });
    expect(report.time).toMatchObject({ ended: 1091, makespan: 91 });
    expect(formatReport(report, 100)).toMatch(/^ {2}at best {2}for the tasks done, 1:30: the longest task/m);
  });

  test("tell tasks that were cut short from those that were not run", () => {
    const task = { kind: "task", id: 1, line: 2, repeatIndex: -1, command: "true" } as const;
    const result: TaskResult = {
      ...{
        taskId: 1,
        attempt: 1,
        node: "n0",
        engine: 0,
        slot: 0,
        pid: 7,
        ending: signalled(15),
        start: 1000,
        finish: 1090,
      },
      ...{ output: NO_LEAK, error: NO_LEAK },
    };
    const report = reportOf({
      status: statusFile({ id: 0 }),
      journal: journalOf(
        { type: "run-started", time: 1000, jobId: "run", taskFile: "Tasks", total: 5 },
        { type: "task-interrupted", time: 1090, task, result },
        { type: "task-assigned", time: 1090, task, attempt: 1, crashes: 0, engine: 0 },
        { type: "task-interrupted", time: 1090, task, result },
        { type: "task-interrupted", time: 1090, task: { ...task, id: 2 }, result: { ...result, taskId: 2 } },
        { type: "task-assigned", time: 1090, task: { ...task, id: 2 }, attempt: 2, crashes: 0, engine: 0 },
      ),
    });
    expect(report.outcomes).toMatchObject({ missing: 4, cutShort: 1 });
    expect(formatReport(report, 100)).toMatch(/^ {2}cut short +1 .*\n {2}not run +3 /m);
  });

  test("of several task lists are said to be doubtful before anything else", () => {
    const one = { status: statusFile({ id: 0, command: "one" }) };
    const report = reportOf(one, { status: statusFile({ id: 0, command: "other" }) });
    expect(formatReport(report, 200).split("\n")[1]).toMatch(
      /^these seem to be runs of different task lists, .* 1 line tells/,
    );
    expect(formatFailures(report, 200, undefined).split("\n")[1]).toMatch(
      /^these seem to be runs of different task lists/,
    );
  });

  test("of an empty file are said to be of one", () => {
    const report = makeReport(opened({ status: "" }), () => ({
      name: "x",
      state: "unknown",
      reason: undefined,
      next: [],
    }));
    expect(formatReport(report, 80)).toMatch(/^x: empty, 0 tasks done\n/);
  });

  test("point out nodes that are slower, or fail more", () => {
    const { nodes } = mixedRun();
    expect(nodes.map(({ name, marks }) => [name, marks])).toEqual([
      ["bad", ["slow", "failing"]],
      ["good", []],
    ]);
  });

  test("name the longest task as the bound, where it is", () => {
    const start = 1700000000;
    const { time } = reportOf({
      status: statusFile({ id: 0, start, finish: start + 100 }, { id: 1, start, finish: start + 1 }),
    });
    expect(time?.bound).toEqual({ seconds: 100, by: "longest-task" });
  });

  test("that are not known are missing from the JSON", () => {
    const report: Record<string, unknown> = JSON.parse(reportJson(reportOf({ status: statusFile({ id: 2 }) })));
    expect(report).toMatchObject({ format: "disbatch-report", version: 1, outcomes: { succeeded: 1, missing: 2 } });
    expect(report["outcomes"]).not.toHaveProperty("total");
  });
});

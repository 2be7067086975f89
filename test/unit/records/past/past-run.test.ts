import { appendFileSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Ending, exited } from "../../../../src/domain/ending.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { type Attempt, MOST_ROWS, type TaskRow } from "../../../../src/domain/watch.ts";
import { openPastRun } from "../../../../src/records/past/past-run.ts";
import type { PastRun } from "../../../../src/records/past/past-records.ts";
import { returnCodeOf } from "../../../../src/records/statusfile/return-code.ts";
import { finished, joined, resultOf, skipped, started, task } from "../../faces/terminal/events.ts";
import { anyHistory } from "../recovery/history.ts";
import { scratchFile } from "../ledger/scratch.ts";
import { allPages, WatchedHistory } from "../state/watched-history.ts";
import { statusFile } from "../statusfile/records.ts";

const RUNS = { numRuns: 30, endOnFailure: true };

async function past(status: string, journal?: string): Promise<PastRun> {
  const run = await openPastRun({ status, journal, jobId: "run" });
  onTestFinished(() => run.close());
  return run;
}

async function rowsOf(run: { readonly tasks: PastRun["tasks"] }, to = Infinity): Promise<readonly TaskRow[]> {
  return (await allPages(run, { limit: MOST_ROWS, to })).rows;
}

describe("a run that is over, or was cut off", () => {
  it("is by its records what it was while it went on", async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, async ({ events }) => {
        const live = new WatchedHistory();
        // The journal does not tell when a task was started last, and so neither would it the time.
        live.tell([...events, { type: "note", time: (events.at(-1)?.time ?? 0) + 1, message: "to here" }]);
        await live.close();
        const run = await openPastRun({ status: live.status, journal: live.journal, jobId: "x" });
        expect(run.warnings).toEqual([]);
        expect(withoutHints(await rowsOf(run))).toEqual(withoutHints(await rowsOf(live.watch)));
        const { now: _, host: _host, pid: _pid, series: _series, estimate: _estimate, ...view } = run.view();
        expect(live.watch.view()).toMatchObject(view);
        for (const id of live.seen.keys())
          expect(bare((await run.task(id))?.attempts)).toEqual(bare((await live.watch.task(id))?.attempts));
        await run.close();
      }),
      RUNS,
    );
  });

  it("has by its status file alone the outcomes, with an engine for each node", async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, async ({ events }) => {
        const live = new WatchedHistory();
        live.tell(events);
        await live.close();
        const run = await openPastRun({ status: live.status, jobId: "x" });
        const outcomes = new Set(["succeeded", "failed", "skipped"]);
        const of = (rows: readonly TaskRow[]): unknown[] =>
          rows
            .filter(({ state }) => outcomes.has(state))
            .map(({ attempt: _a, engine: _e, slot: _s, kind: _k, ...rest }) => rest);
        expect(of(await rowsOf(run))).toEqual(of(await rowsOf(live.watch)));
        const { succeeded, failed, skipped: skips, skippedFailed, perEngineFailed, barriers } = live.state;
        expect(run.state).toMatchObject({ succeeded, failed, skipped: skips, skippedFailed, barriers });
        expect(run.state.perEngineFailed).toBe(perEngineFailed);
        expect(run.view().kinds.map(({ text, count }) => ({ text, count }))).toEqual(
          live.watch.view().kinds.map(({ text, count }) => ({ text, count })),
        );
        const ran = (await rowsOf(run)).filter(({ engine }) => engine !== undefined);
        expect(ran.map(({ engine = -1 }) => run.state.engines[engine]?.engine.node)).toEqual(
          ran.map(({ node }) => node),
        );
        await run.close();
      }),
      RUNS,
    );
  });

  it("loses nothing that only the status file has, when the journal was cut off", async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, fc.double({ min: 0, max: 1, noNaN: true }), async ({ events }, share) => {
        const live = new WatchedHistory();
        live.tell(events);
        await live.close();
        const journal = readFileSync(live.journal);
        writeFileSync(live.journal, journal.subarray(0, Math.floor(journal.length * share)));
        const run = await openPastRun({ status: live.status, journal: live.journal, jobId: "x" });
        const of = (rows: readonly TaskRow[]): unknown[] =>
          rows
            .filter(({ state }) => state === "succeeded" || state === "failed")
            .map(({ id, state, command, node }) => ({ id, state, command, node }));
        expect(of(await rowsOf(run))).toEqual(of(await rowsOf(live.watch)));
        await run.close();
      }),
      RUNS,
    );
  });

  it("has the phase that is known, and the slots that its engines had", async () => {
    const live = new WatchedHistory();
    live.tell([started(2), joined(0, 2), { type: "engine-ready", time: 5, engine: 0 }]);
    const draining = await past(live.status, live.journal);
    expect(draining.view()).toMatchObject({ phase: "running", engines: [{ slots: 2, state: "ready" }] });
    live.tell([{ type: "run-ended", time: 9, reason: "interrupted" }]);
    const ended = await past(live.status, live.journal);
    expect(ended.view()).toMatchObject({ phase: "ended", reason: "interrupted", ended: 9, jobId: "job" });
  });
});

describe("a status file without a journal", () => {
  it("has as many slots a node as tasks ran there at once", async () => {
    const path = scratchFile("run_status.txt");
    const at = (id: number, node: string, start: number, finish: number) => ({ id, node, start, finish });
    writeFileSync(
      path,
      statusFile(at(0, "a", 10, 12), at(1, "a", 11, 13), at(2, "a", 12, 14), at(3, "b", 10, 14), at(4, "a", 11.5, 15)),
    );
    const run = await past(path);
    const view = run.view();
    expect(view.engines.map(({ node, slots, finished: count, state }) => ({ node, slots, count, state }))).toEqual([
      { node: "a", slots: 3, count: 4, state: "left" },
      { node: "b", slots: 1, count: 1, state: "left" },
    ]);
    expect(view).toMatchObject({ phase: "ended", started: 10, ended: 15 });
    expect(run.hasJournal).toBe(false);
  });

  it("counts of several outcomes of a task the last success, else the last failure", async () => {
    const path = scratchFile("run_status.txt");
    const outcomes = [
      { id: 0, returnCode: 1 },
      { id: 1, returnCode: 0, command: "first" },
      { id: 0, returnCode: 2 },
      { id: 1, returnCode: 0, command: "second" },
      { id: 1, returnCode: 3 },
    ];
    writeFileSync(path, statusFile(...outcomes));
    const run = await past(path);
    expect(await rowsOf(run)).toMatchObject([
      { id: 0, state: "failed", ending: exited(2) },
      { id: 1, state: "succeeded", command: "second" },
    ]);
    expect(run.view().tasks).toMatchObject({ succeeded: 1, failed: 1 });
  });

  it("is read as disBatch has written it, with what is torn at its end left out", async () => {
    const path = scratchFile("run_status.txt");
    const whole = statusFile({ id: 3, kind: "skipped", returnCode: 4 }, { id: 5, kind: "barrier" }, { id: 6 });
    writeFileSync(path, `${whole}${statusFile({ id: 7 }).slice(0, -1)}`);
    const run = await past(path);
    expect((await rowsOf(run)).map(({ id, state }) => [id, state])).toEqual([
      ...[0, 1, 2].map((id) => [id, "waiting"]),
      [3, "skipped"],
      [4, "waiting"],
      [6, "succeeded"],
    ]);
    expect(run.warnings).toEqual([]);
  });

  it("of wild task ids takes no memory to speak of", async () => {
    const path = scratchFile("run_status.txt");
    const ids = Array.from({ length: 3000 }, (_, n) => n * 100_000_000_000 + (n % 2) * 5000 * n);
    writeFileSync(path, statusFile(...ids.map((id) => ({ id }))));
    const run = await past(path);
    expect((await run.tasks({ limit: 1, states: ["succeeded"] })).total).toBe(1);
    const many = Array.from({ length: 12_000 }, (_, n) => ({ id: n * 100_000 }));
    writeFileSync(path, statusFile(...many));
    const other = await past(path);
    expect((await other.tasks({ limit: 1, states: ["succeeded"] })).total).toBeLessThan(11_900);
  });
});

describe("records that are none", () => {
  it("are refused with a line each", async () => {
    const path = scratchFile("run_status.txt");
    await expect(past(path)).rejects.toMatchObject({ code: "status-file-missing" });
    writeFileSync(path, "some text\nand more\n");
    await expect(past(path)).rejects.toMatchObject({ code: "no-status-file" });
    const folder = scratchFile("folder");
    mkdirSync(folder);
    await expect(past(folder)).rejects.toMatchObject({ code: "status-file-is-directory" });
  });

  it("but for an empty file: that is of a run which has done nothing yet", async () => {
    const path = scratchFile("run_status.txt");
    writeFileSync(path, "");
    utimesSync(path, 1000, 2000);
    const run = await past(path);
    expect(run.view()).toMatchObject({ started: 2000, ended: 2000 });
    expect(await run.tasks({ limit: 5 })).toEqual({ rows: [], total: 0, cursor: undefined });
    expect(run.view().tasks).toMatchObject({ succeeded: 0, failed: 0 });
  });

  it("are told of where some lines are foreign, and where the journal is", async () => {
    const live = new WatchedHistory();
    live.tell([started(1), joined(0, 1), finished(0)]);
    appendFileSync(live.status, "what is this?\n");
    writeFileSync(live.journal, "not a journal\n");
    const run = await past(live.status, live.journal);
    expect(run.hasJournal).toBe(false);
    expect(run.warnings.map(({ code }) => code)).toEqual(["journal-foreign", "foreign-status-line"]);
    expect(run.warnings.every(({ message }) => !message.includes("\n"))).toBe(true);
    expect((await rowsOf(run)).map(({ state }) => state)).toEqual(["succeeded"]);
  });
});

it("an earlier run in the same files does not count as this one", async () => {
  const live = new WatchedHistory();
  const finish = (id: number, ending: Ending, time: number): RunEvent => {
    return {
      type: "task-finished",
      time,
      task: task(id),
      result: { ...resultOf(id, { ending }), start: time - 1, finish: time },
    };
  };
  const assign = (id: number, time: number): RunEvent => {
    return { type: "task-assigned", time, task: task(id), attempt: 1, crashes: 0, engine: 0 };
  };
  live.tell([
    started(3),
    joined(0, 1),
    assign(0, 5),
    finish(0, exited(1), 10),
    assign(1, 10),
    finish(1, exited(0), 11),
  ]);
  live.tell([{ type: "run-ended", time: 12, reason: "done" }]);
  live.tell([{ ...started(3), time: 100 }, joined(0, 1)]);
  const skip = skipped(1);
  if (skip.type === "task-skipped") {
    const previous = { ...skip.skipped.previous, alreadyRecorded: true };
    live.tell([{ ...skip, time: 100, skipped: { ...skip.skipped, previous } }]);
  }
  live.tell([assign(0, 101)]);
  const run = await past(live.status, live.journal);
  const rows = await rowsOf(run);
  expect(rows.map(({ id, state }) => [id, state])).toEqual([
    [0, "assigned"],
    [1, "skipped"],
    [2, "waiting"],
  ]);
  expect(rows[1]).toMatchObject({ node: resultOf(1).node, command: task(1).command });
  expect(returnCodeOf(rows[1]?.ending ?? exited(9))).toBe(0);
});

/** The journal does not tell where a task ran that had just begun. */
function bare(attempts: readonly Attempt[] = []): unknown[] {
  return attempts.map(({ attempt, engine, node, end }) => ({ attempt, engine, node, end }));
}

/** Rows as far as the journal tells them: of tasks that ended at once it does not say where they ran. */
function withoutHints(rows: readonly TaskRow[]): unknown[] {
  return rows.map(({ start: _start, slot: _slot, state, ...row }) => ({
    ...row,
    state: state === "running" ? "assigned" : state,
  }));
}

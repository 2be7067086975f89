import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { exited, signalled, UNMET } from "../../../../src/domain/ending.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { JOURNAL_HEADER } from "../../../../src/records/journal/entry.ts";
import { journalEnds } from "../../../../src/records/journal/ends.ts";
import { formatEvent } from "../../../../src/records/journal/format.ts";
import { taskHistory } from "../../../../src/records/journal/task-history.ts";
import {
  assigned,
  ended,
  finished,
  interrupted,
  joined,
  resultOf,
  runs,
  skipped,
  START,
  started,
  task as taskOf,
} from "../../faces/terminal/events.ts";
import { scratchFolder } from "../../node/process/scratch.ts";
import { userErrorOf } from "../../../support/user-error.ts";

function journalOf(events: readonly RunEvent[], more = ""): string {
  const file = path.join(scratchFolder(), "run_journal.jsonl");
  writeFileSync(file, `${[JOURNAL_HEADER, ...events.map(formatEvent)].join("\n")}\n${more}`);
  return file;
}

const again = (id: number, engine: number, attempt: number): RunEvent => ({
  ...{ type: "task-assigned", time: START, task: taskOf(id), attempt, crashes: 0, engine },
});
const lost = (engine: number): RunEvent => ({
  ...{ type: "engine-lost", time: START + 5, engine, reason: "its connection broke", crashed: true },
});

describe("the history of a task", () => {
  test("has each start, with its engine, its slot and its end", () => {
    const journal = journalOf([
      ...[started(20), joined(0, 1), joined(1, 1), assigned(1), assigned(11), runs(1), lost(0), again(1, 1, 2)],
      { type: "task-returned", time: START + 6, taskId: 1, engine: 1 },
      again(1, 1, 2),
      finished(1, { attempt: 2, engine: 1, node: "n1", slot: 0, ending: exited(3) }),
      { type: "task-superseded", time: START + 9, result: resultOf(1, { ending: signalled(9) }) },
      ended(9),
    ]);
    const { task, attempts } = taskHistory(journal, 1);
    expect(task).toMatchObject({ id: 1, line: 2, command: "true" });
    expect(attempts).toMatchObject([
      { attempt: 1, engine: 0, node: "n0", slot: 0, end: "lost", reason: "its connection broke", late: { pid: 1001 } },
      { attempt: 2, engine: 1, node: "n1", end: "returned", ended: START + 6 },
      { attempt: 2, engine: 1, end: "finished", result: { ending: exited(3) } },
    ]);
  });

  test("goes on in the next run of the same journal, whose engines are others", () => {
    const engine = { id: "x", rank: 0, node: "other", pid: 1, slots: 1, context: "SSH0" };
    const other: RunEvent = { type: "engine-joined", time: START, engine };
    const journal = journalOf([
      ...[started(2), joined(0, 1), assigned(1), interrupted(1), ended(2, "interrupted")],
      ...[started(2), other, assigned(1), runs(1)],
    ]);
    expect(taskHistory(journal, 1).attempts).toMatchObject([
      { node: "n1", end: "interrupted" },
      { node: "other", end: "under-way", start: START },
    ]);
  });

  test("ends with the run, and with its engine", () => {
    const left: RunEvent = { type: "engine-left", time: START + 1, engine: 1 };
    const journal = journalOf([started(2), joined(0, 1), joined(1, 1), assigned(0), assigned(1, 1), left, ended(2)]);
    expect([0, 1].map((id) => taskHistory(journal, id).attempts[0]?.end)).toEqual(["interrupted", "lost"]);
  });

  test("has that somebody had a task stopped, and how far a barrier has come", () => {
    const barrier = { kind: "barrier", id: 2, line: 3, check: true, text: "#DISBATCH BARRIER CHECK" } as const;
    const before: RunEvent[] = [started(20), joined(0, 1), assigned(1), runs(1)];
    const events: RunEvent[] = [
      ...before,
      { type: "task-stopping", time: START + 2, taskId: 1, engine: 0 },
      { type: "barrier-met", time: START + 2, barrier },
    ];
    const met = journalOf(events);
    expect(taskHistory(met, 1).attempts).toMatchObject([{ end: "under-way", stopped: START + 2 }]);
    expect(taskHistory(met, 2).barrier).toEqual({ barrier, state: "met", time: START + 2 });
    const passed = { type: "barrier-passed", time: START + 3, barrier, since: START + 2, failed: true } as const;
    const journal = journalOf([...events, finished(1, { ending: signalled(15) }), passed]);
    expect(taskHistory(journal, 1).attempts).toMatchObject([{ end: "finished", stopped: START + 2 }]);
    expect(taskHistory(journal, 2).barrier).toEqual({ barrier, state: "failed", time: START + 3 });
  });

  test("tells a skipped task, a barrier, and what there is nothing of", () => {
    const barrier = { kind: "barrier", id: 2, line: 3, check: false, text: "#DISBATCH BARRIER" } as const;
    const journal = journalOf([
      ...[started(2), skipped(1, 1)],
      { type: "barrier-passed", time: START + 1, barrier, since: START, failed: false },
    ]);
    expect(taskHistory(journal, 1)).toMatchObject({ attempts: [], skipped: { ending: exited(1) } });
    expect(taskHistory(journal, 2)).toMatchObject({ attempts: [], barrier: { barrier: { line: 3 } } });
    expect(taskHistory(journal, 3)).toEqual({ attempts: [] });
  });

  test("has why no engine could run the task, until one is given it", () => {
    const error = { bytes: 40, snippet: "disbatch: not run: it needs 64 cores" };
    const unmet = finished(1, { ending: UNMET, engine: -1, slot: -1, pid: -1, error }, "./large");
    const journal = [started(2), joined(0, 1), unmet, ended(9)];
    expect(taskHistory(journalOf(journal), 1)).toMatchObject({
      ...{ task: { id: 1, command: "./large" }, attempts: [] },
      unmet: { why: "disbatch: not run: it needs 64 cores" },
    });
    expect(taskHistory(journalOf([...journal, started(2), joined(0, 1), assigned(1)]), 1).unmet).toBeUndefined();
    expect(taskHistory(journalOf([...journal, started(2)]), 1).unmet).toBeUndefined();
  });

  test("does without lines that are torn or none", () => {
    const journal = journalOf(
      [started(2), joined(0, 1), assigned(1)],
      '{"e":"task-finished","t":1,"id":1,"try"\n\0\0\n{"e":"task-',
    );
    expect(taskHistory(journal, 1).attempts).toMatchObject([{ end: "under-way" }]);
  });

  test("is not read from what is no journal", () => {
    const file = path.join(scratchFolder(), "x");
    writeFileSync(file, "hello\n");
    expect(userErrorOf(() => taskHistory(file, 1)).code).toBe("journal-foreign");
    expect(userErrorOf(() => taskHistory("/nowhere/x", 1)).code).toBe("journal-unreadable");
  });
});

describe("the ends of a journal", () => {
  test("tell how the run began, and what happened last, whatever its length", () => {
    const tasks = Array.from({ length: 5000 }, (_, id) => assigned(id));
    const journal = journalOf([started(5000), ...tasks, ended(9, "stopped")]);
    expect(journalEnds(journal)).toMatchObject({
      started: { total: 5000 },
      last: { type: "run-ended", reason: "stopped" },
    });
  });

  test("tell nothing of what is not there", () => {
    expect(journalEnds("/nowhere/x")).toEqual({ started: undefined, last: undefined });
  });
});

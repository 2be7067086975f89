import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { JOURNAL_HEADER } from "../../../../src/records/journal/entry.ts";
import { readJournal } from "../../../../src/records/journal/read.ts";
import { Ledger } from "../../../../src/records/ledger/ledger.ts";
import { Journal } from "../../../../src/records/journal/journal.ts";
import { scratchFile } from "../ledger/scratch.ts";
import { assigned, ended, finished, runs, START } from "../../faces/terminal/events.ts";

const STARTED: RunEvent = { type: "run-started", time: 1.25, jobId: "j", taskFile: "Tasks", total: 3 };
const ENDED: RunEvent = { type: "run-ended", time: 2, reason: "done" };

async function report(ledger: Ledger, ...events: readonly RunEvent[]): Promise<void> {
  const reporter = new Journal(ledger, () => 0);
  for (const event of events) reporter.handle(event);
  expect(reporter.unwritten()).not.toBe("");
  reporter.commit();
  expect(reporter.unwritten()).toBe("");
  await reporter.close();
}

test("a journal begins with its header, and a run that goes on with it adds no second one", async () => {
  const path = scratchFile("journal.jsonl");
  await report(Ledger.create(path), STARTED, ENDED);
  await report(Ledger.append(path), STARTED, ENDED);
  const text = readFileSync(path, "utf8");
  expect(text.split("\n").filter((line) => line === JOURNAL_HEADER)).toEqual([JOURNAL_HEADER]);
  expect(text.startsWith(`${JOURNAL_HEADER}\n`)).toBe(true);
  const warnings: unknown[] = [];
  expect([...readJournal(path, (warning) => void warnings.push(warning))]).toEqual([STARTED, ENDED, STARTED, ENDED]);
  expect(warnings).toEqual([]);
});

describe("the start of a task", () => {
  /** Types and times of what is in the journal after these events, each when its time has come. */
  async function keptOf(...events: readonly RunEvent[]): Promise<(readonly [string, number])[]> {
    const path = scratchFile("journal.jsonl");
    let now = START;
    const reporter = new Journal(Ledger.create(path), () => now);
    for (const event of events) {
      for (; now < event.time; now += 0.5) reporter.commit();
      reporter.handle(event);
      reporter.commit();
    }
    await reporter.close();
    const warnings: unknown[] = [];
    const entries = [...readJournal(path, (warning) => void warnings.push(warning))];
    expect(warnings).toEqual([]);
    return entries.map(({ type, time }) => [type, time - START]);
  }

  test("is written when the task has run for a second, and in the order of the times", async () => {
    expect(await keptOf(assigned(0), runs(0), finished(0, { finish: START + 3 }))).toEqual([
      ["task-assigned", 0],
      ["task-started", 1],
      ["task-finished", 3],
    ]);
  });

  test("is not when the task ends sooner", async () => {
    expect(await keptOf(assigned(0), runs(0), finished(0, { finish: START + 0.5 }), ended(5))).toEqual([
      ["task-assigned", 0],
      ["task-finished", 0.5],
      ["run-ended", 5],
    ]);
  });

  test("is not when nothing more is heard of it", async () => {
    expect(await keptOf(assigned(0), runs(0))).toEqual([["task-assigned", 0]]);
  });
});

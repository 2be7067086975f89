import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { JOURNAL_HEADER } from "../../../../src/records/journal/entry.ts";
import { readJournal } from "../../../../src/records/journal/read.ts";
import { Ledger } from "../../../../src/records/ledger/ledger.ts";
import { JournalReporter } from "../../../../src/records/journal/journal-reporter.ts";
import { scratchFile } from "../ledger/scratch.ts";

const STARTED: RunEvent = { type: "run-started", time: 1.25, jobId: "j", taskFile: "Tasks", total: 3 };
const ENDED: RunEvent = { type: "run-ended", time: 2, reason: "done" };

async function report(ledger: Ledger, ...events: readonly RunEvent[]): Promise<void> {
  const reporter = new JournalReporter(ledger, () => 0);
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

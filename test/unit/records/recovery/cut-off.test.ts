import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { JOURNAL_HEADER } from "../../../../src/records/journal/entry.ts";
import { isWholeEntry } from "../../../../src/records/journal/read.ts";
import type { JournaledRun } from "../../../../src/records/recovery/journaled-run.ts";
import { anyHistory, type History } from "./history.ts";
import { journalLines, journalOf, Records, statusLines } from "./records.ts";

/** What can be compared of a run, with what it says of these ids. */
function facts(run: JournaledRun): object {
  const ids = Array.from({ length: 80 }, (_, id) => id);
  return {
    ...run,
    settled: ids.filter((id) => run.settled(id)),
    claimed: ids.filter((id) => run.claimed(id)),
    made: ids.map((id) => run.made(id)),
  };
}

/** The files of a run as its driver's death left them. */
interface Left {
  readonly journal: Buffer;
  readonly status: Buffer;
}

function leftOf({ events }: History, journalCut = 1, statusCut = 1): Left {
  const cut = (content: string, share: number): Buffer => {
    const bytes = Buffer.from(content);
    return bytes.subarray(0, Math.round(bytes.length * share));
  };
  return { journal: cut(journalOf(events), journalCut), status: cut(statusLines(events), statusCut) };
}

/** The ids that these lines of a journal finish, and the last attempt of each that they assign. */
function toldIn(journal: Buffer): { finished: Set<number>; attempts: Map<number, number> } {
  const finished = new Set<number>();
  const attempts = new Map<number, number>();
  for (const line of journal.toString().split("\n")) {
    const entry = parsed(line);
    if (entry.e === "task-finished" || entry.e === "barrier-passed") finished.add(entry.id);
    if (entry.e === "task-assigned") attempts.set(entry.id, Math.max(entry.try, attempts.get(entry.id) ?? 0));
  }
  return { finished, attempts };
}

function parsed(line: string): { e?: string; id: number; try: number } {
  try {
    const { e, id = -1, try: attempt = 0 } = JSON.parse(line);
    return { e, id, try: attempt };
  } catch {
    return { id: -1, try: 0 };
  }
}

function idsIn(status: string): number[] {
  const rows = status
    .split("\n")
    .slice(0, -1)
    .map((line) => line.split("\t"));
  return rows.filter(([flags]) => flags?.[3] !== "P").map(([, id]) => Number(id));
}

/** Recovers twice what was left, and checks what has to be true of every recovery. */
async function recoverTwice(records: Records, left: Left): Promise<JournaledRun> {
  records.write(left.journal, left.status);
  const first = await records.recover();
  const { journal, status } = records;
  const wholeLines = left.status.subarray(0, left.status.lastIndexOf("\n") + 1).toString();
  expect(status.startsWith(wholeLines), "the status file is only appended to").toBe(true);

  const ids = idsIn(status);
  expect(ids.length, "no id twice").toBe(new Set(ids).size);
  const { finished, attempts } = toldIn(left.journal);
  const lost = [...finished, ...idsIn(wholeLines)].filter((id) => !ids.includes(id) || !first.run.settled(id));
  expect(lost, "outcomes that are lost").toEqual([]);
  const journaled = toldIn(Buffer.from(journal)).finished;
  const skips = new Set(
    first.events.flatMap((event) => (event.type === "task-skipped" ? [event.skipped.task.id] : [])),
  );
  expect(
    ids.filter((id) => !journaled.has(id) && !skips.has(id)),
    "outcomes that the journal lacks",
  ).toEqual([]);

  const open = [...first.run.returned, ...first.run.engines.flatMap(({ held }) => held)];
  expect(new Set(open.map(({ task }) => task.id)).size, "every open task once").toBe(open.length);
  expect(
    open.filter(({ task }) => first.run.settled(task.id)),
    "open, and settled",
  ).toEqual([]);
  expect(
    open.filter(({ task }) => !first.run.claimed(task.id)),
    "open, and not claimed",
  ).toEqual([]);
  expect(
    open.filter(({ task, attempt }) => attempt < (attempts.get(task.id) ?? 0)),
    "attempts that go down",
  ).toEqual([]);

  const second = await records.recover();
  expect(facts(second.run)).toEqual(facts(first.run));
  expect(second.events).toEqual(first.events);
  expect(records.journal).toBe(journal);
  expect(records.status).toBe(status);
  expect([...first.warnings, ...second.warnings]).toEqual([]);
  return first.run;
}

describe("a run whose driver was killed", () => {
  test("is recovered as it was, and its records stay as they are", async () => {
    const records = new Records();
    await fc.assert(
      fc.asyncProperty(anyHistory, async (history) => {
        const left = leftOf(history);
        const run = await recoverTwice(records, left);
        expect([records.journal, records.status]).toEqual([left.journal.toString(), left.status.toString()]);
        expect(new Map(run.engines.map(({ engine, held }) => [engine.rank, held.map(bare)]))).toEqual(history.held);
        expect(run.returned.map(bare)).toEqual(history.waiting);
      }),
    );
  });

  test("gets back every line of its status file, to the byte, from a journal that is whole", async () => {
    const records = new Records();
    await fc.assert(
      fc.asyncProperty(anyHistory, fc.double({ min: 0, max: 1, noNaN: true }), async (history, cut) => {
        const events = history.events.filter(({ type }) => type !== "task-skipped");
        await recoverTwice(records, leftOf({ ...history, events }, 1, cut));
        expect(records.status).toBe(statusLines(events));
      }),
    );
  });

  test("loses nothing that stands in either file, wherever both are cut", async () => {
    expect.hasAssertions();
    const records = new Records();
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(anyHistory, share, share, (history, journalCut, statusCut) =>
        recoverTwice(records, leftOf(history, journalCut, statusCut)).then(() => undefined),
      ),
    );
  });

  test("comes out the same when whoever recovers it is killed doing so", async () => {
    const records = new Records();
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(anyHistory, fc.tuple(share, share), fc.tuple(share, share), async (history, cuts, done) => {
        const left = leftOf(history, ...cuts);
        const run = await recoverTwice(records, left);
        const { journal, status } = records;
        const partOf = (mended: string, before: Buffer, part: number): Buffer => {
          const kept = before.lastIndexOf("\n") + 1;
          const bytes = Buffer.from(mended);
          return bytes.subarray(0, kept + Math.round((bytes.length - kept) * part));
        };
        records.write(partOf(journal, left.journal, done[0]), partOf(status, left.status, done[1]));
        const { run: again } = await records.recover();
        expect(facts(again)).toEqual(facts(run));
        expect([records.journal, records.status]).toEqual([journal, status]);
      }),
    );
  });

  test("loses nothing when the journal is cut in any line and at any kind of byte, whatever the status file has", async () => {
    expect.hasAssertions();
    const records = new Records();
    const [history] = fc.sample(anyHistory, { seed: 4, numRuns: 1 });
    const events: readonly RunEvent[] = history?.events ?? [];
    const journal = Buffer.from(journalOf(events));
    const status = statusLines(events);
    const statuses = [status, status.slice(0, status.length / 2), status.slice(0, -1), ""];
    for (const [i, cut] of lastLines(journal, events).flatMap(cutsIn).entries()) {
      const left = Buffer.from(statuses[i % statuses.length] ?? "");
      await recoverTwice(records, { journal: journal.subarray(0, cut), status: left });
    }
  });

  test("has no line in its journal that is whole before its last byte", () => {
    fc.assert(
      fc.property(anyHistory, ({ events }) => {
        const bytes = Buffer.from(journalLines(events.slice(-1)).trimEnd());
        const ends = Array.from(bytes, (_, i) => i + 1);
        expect(ends.filter((end) => isWholeEntry(bytes.toString("utf8", 0, end)))).toEqual([bytes.length]);
      }),
    );
  });

  test("begins anew when its journal was cut off in the first lines", async () => {
    const records = new Records();
    for (let length = 0; length <= JOURNAL_HEADER.length; length++) {
      const run = await recoverTwice(records, {
        journal: Buffer.from(JOURNAL_HEADER.slice(0, length)),
        status: Buffer.of(),
      });
      expect(run).toMatchObject({ started: undefined, contexts: [], engines: [], nextRank: 0, returned: [] });
      expect(records.journal).toBe(`${JOURNAL_HEADER}\n`);
    }
  });
});

/** A line of a journal: where it begins, where its newline stands, and all of it. */
interface Line {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

/** The last line of each kind of event. */
function lastLines(journal: Buffer, events: readonly RunEvent[]): Line[] {
  const lines = new Map<string, Line>();
  let start = JOURNAL_HEADER.length + 1;
  for (const { type } of events) {
    const end = journal.indexOf("\n", start);
    lines.set(type, { start, end, bytes: journal });
    start = end + 1;
  }
  return [...lines.values()];
}

/** Before the line, behind its first byte, in the middle, inside of its last wide character, before its last byte, before its newline. */
function cutsIn({ start, end, bytes }: Line): number[] {
  const wide = bytes.subarray(start, end).findLastIndex((byte) => byte >= 0xc0);
  const inside = wide === -1 ? [] : [start + wide + 1];
  return [start, start + 1, (start + end) >> 1, ...inside, end - 1, end];
}

function bare({ task, attempt, crashes }: { task: object; attempt: number; crashes: number }): object {
  return { task, attempt, crashes };
}

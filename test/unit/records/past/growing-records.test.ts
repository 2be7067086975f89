import {
  appendFileSync,
  chmodSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { MOST_ROWS } from "../../../../src/domain/watch.ts";
import { openGrowingRecords, type GrowingRecords } from "../../../../src/records/past/growing-records.ts";
import { openPastRun } from "../../../../src/records/past/past-run.ts";
import { RecordsReader } from "../../../../src/records/past/records-reader.ts";
import type { PastRun } from "../../../../src/records/past/past-records.ts";
import { CHUNK_TASKS } from "../../../../src/records/state/task-chunk.ts";
import { finished, joined, started, task } from "../../faces/terminal/events.ts";
import { untilAnswered } from "../../../support/until.ts";
import { anyHistory } from "../recovery/history.ts";
import { scratchFile } from "../ledger/scratch.ts";
import { allPages, WatchedHistory } from "../state/watched-history.ts";
import { statusFile } from "../statusfile/records.ts";

const RUNS = { numRuns: 25, endOnFailure: true };
/** When all these runs take place. */
const THEN = 1_700_000_000;

interface Files {
  readonly status: string;
  readonly journal?: string | undefined;
}

async function growing(files: Files, now = THEN): Promise<GrowingRecords> {
  const run = await openGrowingRecords(
    { status: files.status, journal: files.journal, jobId: "run" },
    { interval: 0, now: () => now },
  );
  onTestFinished(() => run.close());
  await run.whole();
  return run;
}

/** All that the records have told. */
async function told(run: PastRun): Promise<unknown> {
  const { rows } = await allPages(run, { limit: MOST_ROWS });
  const { table, engines } = run.state;
  const columns = table.chunks.map((chunk) => chunk && Object.fromEntries(Object.entries(chunk)));
  const gone = engines.map(({ joined: from, gone: to }) => [from, to]);
  const attempts = rows.map(({ id }) => table.attempts.of(id));
  return { rows, view: run.view(), columns, gone, attempts, warnings: run.warnings };
}

async function toldWhole(files: Files): Promise<unknown> {
  const run = await openPastRun({ status: files.status, journal: files.journal, jobId: "run" });
  try {
    return await told(run);
  } finally {
    await run.close();
  }
}

/** The records of a run that goes as chance has it, as bytes. */
async function recordsOf(events: readonly RunEvent[]): Promise<readonly [status: Buffer, journal: Buffer]> {
  const live = new WatchedHistory();
  live.tell(events);
  await live.close();
  return [readFileSync(live.status), readFileSync(live.journal)];
}

const shares = fc.array(
  fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
  {
    maxLength: 6,
  },
);

/** Appends to the file up to this share of the bytes, unless it is longer already. */
function grow(path: string, bytes: Buffer, share: number): void {
  const there = readFileSync(path).length;
  const to = Math.floor(bytes.length * share);
  if (to > there) appendFileSync(path, bytes.subarray(there, to));
}

describe("records that grow in any pieces", () => {
  it("tell in the end what they tell when they are read whole", async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, shares, async ({ events }, steps) => {
        const [status, journal] = await recordsOf(events);
        const path = scratchFile("run_status.txt");
        const files = { status: path, journal: path.replace("status.txt", "journal.jsonl") };
        writeFileSync(files.status, "");
        writeFileSync(files.journal, "");
        const run = await growing(files);
        for (const [status_, journal_] of [...steps, [1, 1]] as const) {
          grow(files.status, status, status_);
          grow(files.journal, journal, journal_);
          await run.catchUp();
        }
        expect(await told(run)).toEqual(await toldWhole(files));
        await run.close();
      }),
      RUNS,
    );
  });

  it("do so, too, where there is no journal", async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, shares, async ({ events }, steps) => {
        const [status] = await recordsOf(events);
        const files = { status: scratchFile("run_status.txt") };
        writeFileSync(files.status, "");
        const run = await growing(files);
        for (const [share] of [...steps, [1]] as const) {
          grow(files.status, status, share);
          await run.catchUp();
        }
        expect(await told(run)).toEqual(await toldWhole(files));
        expect(await run.pictured()).toMatchObject({ reconstructed: true, hasEnded: true });
        await run.close();
      }),
      RUNS,
    );
  });

  it("of which several outcomes of a task are told have the one that counts", async () => {
    const outcome = fc.record({ id: fc.nat(4), returnCode: fc.nat(2), start: fc.integer({ min: 5, max: 8 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(outcome, { maxLength: 12 }), fc.nat(12), async (outcomes, first) => {
        const files = { status: scratchFile("run_status.txt") };
        const lines = outcomes.map((one) => ({ ...one, finish: 9 }));
        writeFileSync(files.status, statusFile(...lines.slice(0, first)));
        const run = await growing(files);
        const rest = readFileSync(files.status).length;
        appendFileSync(files.status, statusFile(...lines).slice(rest));
        const counts = new Map<number, number>();
        for (const { id, returnCode } of outcomes)
          if (counts.get(id) !== 0 || returnCode === 0) counts.set(id, returnCode);
        const codeOf = (id: number): number | undefined => run.state.table.chunkOf(id)?.code[id % CHUNK_TASKS];
        const isRight = (): boolean => {
          const { succeeded, failed } = run.state;
          const wanted = [...counts.values()].filter((code) => code === 0).length;
          const areCodes = [...counts].every(([id, code]) => codeOf(id) === code);
          return succeeded === wanted && failed === counts.size - wanted && areCodes;
        };
        // A state that was wrong is told anew only now and then.
        await run.catchUp();
        await untilAnswered(
          async () => {
            await run.catchUp();
            return isRight() || undefined;
          },
          () => "the state is right",
        );
        expect(isRight()).toBe(true);
        await run.close();
      }),
      RUNS,
    );
  });

  it("tell what the journal has not got when it has had its time, and count it once", async () => {
    const live = new WatchedHistory();
    const done = finished(0);
    live.tell([started(2), joined(0, 1), { ...assigned(0), time: THEN }]);
    const journal = readFileSync(live.journal);
    live.tell([done]);
    await live.close();
    const whole = readFileSync(live.journal);
    writeFileSync(live.journal, journal);
    let now = 0;
    const run = await openGrowingRecords(
      { status: live.status, journal: live.journal, jobId: "x" },
      { interval: 0, now: () => now },
    );
    await run.whole();
    expect(run.state).toMatchObject({ finished: 0, held: 1 });
    const { revision } = run;
    await run.catchUp();
    expect(run.revision).toBe(revision);
    now = THEN;
    await run.catchUp();
    expect(run.state).toMatchObject({ finished: 1, held: 0 });
    // Whoever keeps what it knew before has to hear of that.
    expect(run.revision).toBeGreaterThan(revision);
    appendFileSync(live.journal, whole.subarray(journal.length));
    await run.catchUp();
    expect(run.state).toMatchObject({ finished: 1, failed: 0, held: 0 });
    await run.close();
  });
});

it("a status file that is read whole says so by its revision, too: engines and the end are known only then", () => {
  const status = scratchFile("run_status.txt");
  writeFileSync(status, statusFile({ id: 0, node: "a", start: 10, finish: 12 }));
  const reader = new RecordsReader({ status, jobId: "run" }, () => THEN);
  onTestFinished(() => reader.close());
  const reading = reader.read();
  reading.next();
  const { revision } = reader;
  expect(reader.run.state.ended).toBeUndefined();
  expect(reading.next().done).toBe(true);
  expect(reader.run.state.ended).toBe(12);
  const whole = reader.revision;
  expect(whole).toBeGreaterThan(revision);
  expect(reader.read().next().done).toBe(true);
  expect(reader.revision).toBe(whole);
});

describe("records whose files change", () => {
  it("are read anew when one is shorter than before, or another", async () => {
    const [a, b] = [new WatchedHistory(), new WatchedHistory()];
    a.tell([started(3), joined(0, 1), assigned(0), finished(0), assigned(1), finished(1)]);
    b.tell([started(3), joined(0, 1), assigned(2)]);
    await Promise.all([a.close(), b.close()]);
    const run = await growing(a);
    expect(run.state.succeeded).toBe(2);
    const { revision } = run;
    const lines = readFileSync(a.journal, "utf8").split("\n");
    truncateSync(a.journal, Buffer.byteLength(`${lines.slice(0, -2).join("\n")}\n`));
    truncateSync(a.status, readFileSync(a.status, "utf8").trimEnd().lastIndexOf("\n") + 1);
    await run.catchUp();
    expect(run.state.succeeded).toBe(1);
    expect(run.revision).toBeGreaterThan(revision);
    renameSync(b.status, a.status);
    renameSync(b.journal, a.journal);
    await run.catchUp();
    expect(run.state).toMatchObject({ succeeded: 0, held: 1 });
    expect((await run.tasks({ limit: 5, states: ["assigned"] })).rows.map(({ id }) => id)).toEqual([2]);
  });

  it("are not held open for ever when they are replaced again and again", async () => {
    const at = (id: number) => ({ id, node: "a", start: 1, finish: 2 });
    const status = scratchFile("run_status.txt");
    writeFileSync(status, statusFile(at(0)));
    const run = await growing({ status });
    for (let id = 1; id <= 20; id++) {
      writeFileSync(`${status}.new`, statusFile(at(id)));
      renameSync(`${status}.new`, status);
      await run.catchUp();
      const { rows } = await run.tasks({ limit: 5, states: ["succeeded"] });
      expect(rows.map((row) => row.id)).toEqual([id]);
    }
    expect(openFilesOf(status)).toBeLessThanOrEqual(5);
  });

  it("lose nothing when a torn last line is cut off, and others are written", async () => {
    const live = new WatchedHistory();
    live.tell([started(3), joined(0, 1), assigned(0)]);
    await live.close();
    const whole = readFileSync(live.journal);
    appendFileSync(live.journal, '{"e":"task-fini');
    const run = await growing(live);
    expect(run.warnings).toEqual([]);
    const { table } = run.state;
    writeFileSync(live.journal, whole);
    const other = new WatchedHistory();
    other.tell([started(3), finished(0)]);
    await other.close();
    appendFileSync(live.journal, `${readFileSync(other.journal, "utf8").trimEnd().split("\n").at(-1)}\n`);
    await run.catchUp();
    expect(run.state.succeeded).toBe(1);
    expect(run.state.table).toBe(table);
  });

  it("are those of a new run once one has begun in them", async () => {
    const live = new WatchedHistory();
    live.tell([started(3), joined(0, 1), assigned(0), finished(0), { type: "run-ended", time: 20, reason: "done" }]);
    const run = await growing(live);
    expect(run.view()).toMatchObject({ phase: "ended", tasks: { succeeded: 1 } });
    live.tell([{ ...started(3), time: THEN }]);
    await run.catchUp();
    expect(run.view()).toMatchObject({ phase: "running", started: THEN, tasks: { succeeded: 0 } });
    expect((await run.tasks({ limit: 5, states: ["succeeded"] })).total).toBe(0);
  });

  it("have a journal once there is one", async () => {
    const live = new WatchedHistory();
    live.tell([started(3), joined(0, 1), assigned(0), finished(0)]);
    await live.close();
    const away = `${live.journal}.away`;
    renameSync(live.journal, away);
    const run = await growing(live);
    expect(run).toMatchObject({ hasJournal: false, state: { succeeded: 1 } });
    renameSync(away, live.journal);
    await run.catchUp();
    expect(run).toMatchObject({ hasJournal: true, state: { succeeded: 1 }, warnings: [] });
  });
});

it("a journal that others can write is not read, and lines that are none are told of", async () => {
  const live = new WatchedHistory();
  live.tell([started(3), joined(0, 1), assigned(0), finished(0)]);
  await live.close();
  chmodSync(live.journal, 0o666);
  const run = await growing(live);
  expect(run).toMatchObject({ hasJournal: false, state: { succeeded: 1 } });
  appendFileSync(live.status, "what is this?\n");
  await run.catchUp();
  expect(run.warnings.map(({ code }) => code)).toEqual(["journal-unreadable", "foreign-status-line"]);
});

it("records that are none are refused while they are opened", async () => {
  const status = scratchFile("run_status.txt");
  writeFileSync(status, "some text\nand more\n");
  await expect(openGrowingRecords({ status, jobId: "x" })).rejects.toMatchObject({ code: "no-status-file" });
  await expect(openGrowingRecords({ status: `${status}.not`, jobId: "x" })).rejects.toMatchObject({
    code: "status-file-missing",
  });
});

it("pictures have when engines came and went, where barriers were, and a lane for each task without a journal", async () => {
  const live = new WatchedHistory();
  const barrier = { kind: "barrier", id: 1, line: 2, check: false, text: "#DISBATCH BARRIER" } as const;
  live.tell([started(3), { ...joined(0, 2), time: 5 }, { ...assigned(0), time: 6 }, finished(0)]);
  live.tell([{ type: "barrier-passed", time: 90, barrier, since: 80, failed: false }]);
  live.tell([{ type: "engine-left", time: 95, engine: 0 }]);
  live.tell([{ type: "barrier-met", time: 96, barrier: { ...barrier, id: 2, line: 3 } }]);
  await live.close();
  const pictured = await (await growing(live)).pictured();
  expect(pictured).toMatchObject({ engines: [{ joined: 5, gone: 95 }], hasEnded: false, reconstructed: false });
  expect(pictured.barriers).toEqual([
    { line: 2, since: 80, passed: 90 },
    { line: 3, since: 96, passed: pictured.until },
  ]);
  const status = scratchFile("run_status.txt");
  const at = (id: number, start: number, finish: number) => ({ id, node: "a", start, finish });
  writeFileSync(status, statusFile(at(0, 10, 12), at(1, 11, 13), at(2, 12, 14)));
  const { table } = await (await growing({ status })).pictured();
  expect([...(table.chunks[0]?.slot.subarray(0, 3) ?? [])]).toEqual([1, 2, 1]);
});

it("a text is searched for as long as somebody waits, and the next page goes on there", async () => {
  const status = scratchFile("run_status.txt");
  const count = 5000;
  writeFileSync(
    status,
    statusFile(...Array.from({ length: count }, (_, id) => ({ id, command: `work ${"-".repeat(500)} ${id}` }))),
  );
  const run = await openGrowingRecords({ status, jobId: "x" }, { patience: 0 });
  onTestFinished(() => run.close());
  await run.whole();
  const first = await run.tasks({ limit: 5, text: ` ${count - 1}` });
  expect(first.rows).toEqual([]);
  expect(first.cursor).toBeDefined();
  const { rows } = await allPages(run, { limit: 5, text: ` ${count - 1}` });
  expect(rows.map(({ id }) => id)).toEqual([count - 1]);
});

/** How often this process has files open that are there, or were, by this name. */
function openFilesOf(path: string): number {
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(path);
    } catch {
      return false;
    }
  }).length;
}

function assigned(id: number): RunEvent {
  return { type: "task-assigned", time: 7, task: task(id), attempt: 1, crashes: 0, engine: 0 };
}

import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import type { TaskResult } from "../../../../src/domain/result.ts";
import { OutputReader } from "../../../../src/records/output/output-reader.ts";
import { openStore, printedBy } from "../output/output-files.ts";
import { formatUndelivered } from "../../../../src/records/recovery/undelivered.ts";
import { HEADER_LINE } from "../../../../src/records/statusfile/record.ts";
import { DRIVER, ENGINE_KEYS, journalLines, journalOf, Records, statusLines } from "./records.ts";

const NONE = { bytes: 0, snippet: "" };
const STARTED: RunEvent = { type: "run-started", time: 1, jobId: "job", taskFile: "Tasks" };
const BARRIER = { kind: "barrier", id: 1, line: 3, check: true, text: "#DISBATCH BARRIER CHECK" } as const;
const SETUP = { kind: "per-engine", when: "start", id: 0, line: 1, command: "setup" } as const;

function joined(rank: number): RunEvent {
  const engine = { id: `id-${rank}`, rank, node: `n${rank}`, pid: 9, slots: 1, context: "SSH0" };
  return { type: "engine-joined", time: 2, engine };
}

function result(taskId: number, changes: Partial<TaskResult> = {}): TaskResult {
  const outcome = {
    node: "n0",
    pid: 70 + taskId,
    ending: exited(0),
    start: 3.25,
    finish: 4.5,
    output: NONE,
    error: NONE,
  };
  return { taskId, attempt: 1, engine: 0, slot: 0, ...outcome, ...changes };
}

function task(id: number) {
  return { kind: "task", id, line: id + 2, repeatIndex: id, command: `run\t${id}` } as const;
}

function assigned(id: number, engine = 0, attempt = 1): RunEvent {
  return { type: "task-assigned", time: 3, task: task(id), attempt, crashes: 0, engine };
}

function finished(id: number, changes: Partial<TaskResult> = {}): RunEvent {
  return { type: "task-finished", time: 5, task: task(id), result: result(id, changes) };
}

function skipped(id: number, alreadyRecorded: boolean): RunEvent {
  const previous = { ...result(id), alreadyRecorded };
  return { type: "task-skipped", time: 3, skipped: { kind: "skipped", task: task(id), previous } };
}

const SETUP_RUN: RunEvent = {
  type: "per-engine-finished",
  time: 2.5,
  command: SETUP,
  result: result(0, { slot: -1, ending: exited(1), start: 2.00049, finish: 2.0016 }),
};
const PASSED: RunEvent = { type: "barrier-passed", time: 5, barrier: BARRIER, since: 4, failed: true };
/** One of every kind that has a line in the status file, but for skipped tasks. */
const EVENTS = [STARTED, joined(0), SETUP_RUN, assigned(0), finished(0), PASSED];

describe("what only the journal has", () => {
  test("is appended to the status file, to the byte as it would have been written", async () => {
    const records = new Records();
    records.write(journalOf(EVENTS), "");
    await records.recover();
    expect(records.status).toBe(statusLines(EVENTS));
    expect(records.journal).toBe(journalOf(EVENTS));
  });

  test("comes after the names of the columns, when those are wanted in a file that is empty", async () => {
    const records = new Records();
    records.write(journalOf(EVENTS), "R  ");
    await records.recover({ statusHeader: true });
    expect(records.status).toBe(`${HEADER_LINE}\n${statusLines(EVENTS)}`);
  });

  test("has a barrier's line of the driver that passed it", async () => {
    const records = new Records();
    records.write(journalOf([STARTED, { type: "run-recovered", time: 2, host: "other", pid: 5 }, PASSED]), "");
    await records.recover();
    expect(records.statusRecords()).toMatchObject([{ kind: "check-barrier", node: "other", pid: 5 }]);
  });

  test("is whole though it lacks its newline", async () => {
    const records = new Records();
    records.write(journalOf(EVENTS).slice(0, -1), "");
    await records.recover();
    expect([records.journal, records.status]).toEqual([journalOf(EVENTS), statusLines(EVENTS)]);
  });
});

describe("what only the status file has", () => {
  test("gets a line in the journal with what is known of its lease, and is told", async () => {
    const records = new Records();
    const known = [STARTED, joined(0), assigned(0, 0, 2)];
    records.write(journalOf(known), statusLines([finished(0, { ending: exited(3) })]));
    const { run, events } = await records.recover();
    const added: RunEvent = {
      ...{ type: "task-finished", time: 4.5, task: task(0) },
      result: result(0, { attempt: 2, slot: -1, ending: exited(3) }),
    };
    expect(records.journal).toBe(journalOf([...known, added]));
    expect(events).toEqual([...known, added]);
    expect(run).toMatchObject({ engines: [{ held: [] }], failedSinceBarrier: 1 });
    expect(run.settled(0)).toBe(true);
  });

  test("gets a lease of no engine as well, when the journal has none", async () => {
    const records = new Records();
    records.write(journalOf([STARTED]), statusLines([finished(0)]));
    const { run } = await records.recover();
    const lease: RunEvent = { type: "task-assigned", time: 4.5, task: task(0), attempt: 1, crashes: 0, engine: -1 };
    const outcome = finished(0, { engine: -1, slot: -1 });
    expect(records.journal).toBe(journalOf([STARTED, lease, { ...outcome, time: 4.5 }]));
    expect([run.settled(0), run.claimed(0)]).toEqual([true, false]);
  });

  test("tells of a check barrier that it failed when something before it had", async () => {
    const records = new Records();
    const known = [STARTED, joined(0), assigned(0)];
    records.write(journalOf(known), statusLines([finished(0, { ending: exited(1) }), PASSED]));
    expect((await records.recover()).run).toMatchObject({ checkFailed: true, lastBarrier: 1, failedSinceBarrier: 0 });
    records.write(journalOf(known), statusLines([finished(0), PASSED]));
    expect((await records.recover()).run).toMatchObject({ checkFailed: false, lastBarrier: 1 });
  });

  test("may be a per-engine command, which counts once, however often the run is recovered", async () => {
    const records = new Records();
    records.write(journalOf([STARTED, joined(0)]), statusLines([SETUP_RUN]));
    expect((await records.recover()).run.failedSinceBarrier).toBe(1);
    expect((await records.recover()).run.failedSinceBarrier).toBe(1);
    expect(records.status).toBe(statusLines([SETUP_RUN]));
  });

  test("may be a skipped task; its line does not go back in time", async () => {
    const records = new Records();
    const warning: RunEvent = { type: "warning", time: 50, message: "careful" };
    records.write(journalOf([STARTED, warning]), statusLines([skipped(0, false)]));
    const { run } = await records.recover();
    expect([run.settled(0), run.anySkipped]).toEqual([true, true]);
    expect(records.journal).toBe(journalOf([STARTED, warning, { ...skipped(0, false), time: 50 }]));
  });

  test("is not of earlier runs", async () => {
    const records = new Records();
    const earlier = statusLines([finished(0)]);
    records.write(journalOf([STARTED]), `${earlier}${statusLines([finished(2)])}`);
    const { run } = await records.recover({ statusFrom: earlier.length });
    expect([run.settled(0), run.settled(2)]).toEqual([false, true]);
    expect(records.journal).not.toContain('"id":0');
  });
});

describe("torn last lines", () => {
  test("are dropped, and told of", async () => {
    const records = new Records();
    const whole = journalOf([STARTED, joined(0), assigned(0)]);
    const [journal, status] = [journalLines([finished(0)]).slice(0, 60), statusLines([finished(0)]).slice(0, -1)];
    records.write(`${whole}${journal}`, status);
    const { run, warnings, dropped } = await records.recover();
    expect([records.journal, records.status, warnings]).toEqual([whole, "", []]);
    expect(run.settled(0)).toBe(false);
    expect(dropped).toEqual([expect.stringContaining(status), expect.stringContaining(journal)]);
  });

  test("of earlier runs are dropped as well, when they are still there", async () => {
    const records = new Records();
    const earlier = statusLines([finished(0)]);
    const earlierJournal = journalOf([STARTED, joined(3), assigned(7, 3)]);
    const journal = `${earlierJournal}${journalLines([STARTED, joined(0), assigned(1), finished(1)])}`;
    records.write(journal, `${earlier} torn`);
    for (let again = 0; again < 2; again++) {
      const statusFrom = earlier.length + (again === 0 ? " torn".length : 0);
      const { run, warnings } = await records.recover({ statusFrom, journalFrom: earlierJournal.length });
      expect(records.status).toBe(`${earlier}${statusLines([finished(1)])}`);
      expect(records.journal).toBe(journal);
      expect(warnings).toEqual([]);
      expect(run).toMatchObject({ nextRank: 1, returned: [] });
      expect([run.settled(0), run.settled(1)]).toEqual([false, true]);
    }
  });
});

test("a task that was skipped for its record in the same file's earlier lines is settled", async () => {
  const records = new Records();
  const earlier = statusLines([finished(0), finished(2)]);
  records.write(journalOf([STARTED, skipped(0, true), skipped(1, true)]), earlier);
  const { run } = await records.recover({ statusFrom: earlier.length });
  expect([0, 1, 2].filter((id) => run.settled(id))).toEqual([0]);
  expect(records.status).toBe(earlier);
});

describe("results that engines could not deliver", () => {
  const LEFT_BY = "_SSH0_n0_engine_id-0_0123456789ab_undelivered.jsonl";

  function leave(records: Records, engineId: string, results: readonly TaskResult[], key = ENGINE_KEYS): void {
    const content = formatUndelivered(engineId, { results, output: [] }, key.privateKey);
    writeFileSync(`${records.prefix}${LEFT_BY.replace("id-0", engineId)}`, content);
  }

  /** A run with two tasks under way on an engine. */
  function newRun(): Records {
    const records = new Records();
    records.write(journalOf([STARTED, joined(0), assigned(0), assigned(2)]), "");
    return records;
  }

  test("are taken over into both files, and the engine's file is removed", async () => {
    const records = new Records();
    const known = [STARTED, joined(0), assigned(0), assigned(2)];
    records.write(journalOf(known), "");
    leave(records, "id-0", [result(0, { ending: exited(1) }), result(2)]);
    const { run, events } = await records.recover();
    const added = [
      { ...finished(0, { ending: exited(1) }), time: 4.5 },
      { ...finished(2), time: 4.5 },
    ];
    expect([records.journal, records.status]).toEqual([journalOf([...known, ...added]), statusLines(added)]);
    expect(events).toEqual([...known, ...added]);
    expect(run).toMatchObject({ engines: [{ held: [] }], failedSinceBarrier: 1 });
    expect(existsSync(`${records.prefix}${LEFT_BY}`)).toBe(false);
  });

  test("bring with them what tasks have printed there", async () => {
    const records = newRun();
    const output = [printedBy(2, "two\n"), printedBy(0, "zero\n")];
    const content = formatUndelivered("id-0", { results: [result(2)], output }, ENGINE_KEYS.privateKey);
    writeFileSync(`${records.prefix}${LEFT_BY}`, content);
    const { path, store } = openStore();
    await records.recover({ openOutput: () => store });
    const reader = OutputReader.open(path);
    const texts = [0, 2].map(async (id) => {
      const [attempt] = reader?.attempts(id) ?? [];
      return attempt === undefined ? undefined : String(await reader?.read(attempt, "stdout"));
    });
    expect(await Promise.all(texts)).toEqual(["zero\n", "two\n"]);
    reader?.close();
    expect(existsSync(`${records.prefix}${LEFT_BY}`)).toBe(false);
  });

  test("are taken over from an engine that was given up, while nobody else has the task", async () => {
    const records = new Records();
    const lost: RunEvent = { type: "engine-lost", time: 5, engine: 0, reason: "died", crashed: true };
    const known = [STARTED, joined(0), joined(1), assigned(0), assigned(2), lost];
    records.write(journalOf([...known, assigned(2, 1, 2)]), "");
    leave(records, "id-0", [result(0), result(2)]);
    const { run } = await records.recover();
    expect(records.statusRecords()).toMatchObject([{ id: 0 }]);
    expect(run).toMatchObject({ engines: [{ held: [{ task: { id: 2 }, attempt: 2 }] }], returned: [] });
  });

  test("are passed over when the task has an outcome, or another attempt runs, or nobody knows it", async () => {
    const records = new Records();
    const known = [STARTED, joined(0), assigned(0), finished(0), assigned(2, 0, 2)];
    records.write(journalOf(known), statusLines(known));
    leave(records, "id-0", [result(0, { ending: exited(9) }), result(2), result(5), result(2, { attempt: 3 })]);
    await records.recover();
    expect([records.journal, records.status]).toEqual([journalOf(known), statusLines(known)]);
    expect(existsSync(`${records.prefix}${LEFT_BY}`)).toBe(false);
  });

  test("are passed over when they are a try that is known to have failed, whether or not the task waits for the next", async () => {
    const failed = result(0, { ending: exited(75) });
    const retrying: RunEvent = { type: "task-retrying", time: 5, task: task(0), result: failed, failures: 1, delay: 0 };
    const lost: RunEvent = { type: "engine-lost", time: 6, engine: 1, reason: "died", crashed: true };
    for (const since of [[], [assigned(0, 1, 2), lost]]) {
      const known = [STARTED, joined(0), joined(1), assigned(0), retrying, ...since];
      const records = new Records();
      records.write(journalOf(known), "");
      leave(records, "id-0", [failed]);
      const { run } = await records.recover();
      expect([records.journal, records.status]).toEqual([journalOf(known), ""]);
      expect(run.settled(0)).toBe(false);
    }
  });

  test("of other runs whose names begin alike are left alone, as is what is no such file", async () => {
    const records = new Records();
    records.write(journalOf([STARTED, joined(0), assigned(0)]), "");
    leave(records, "id-of-another-run", [result(0)]);
    writeFileSync(`${records.prefix}_notes_undelivered.jsonl`, journalLines([finished(0)]));
    const { run, warnings } = await records.recover();
    expect([run.settled(0), warnings]).toEqual([false, []]);
    expect(readdirSync(dirname(records.prefix))).toHaveLength(4);
  });

  test.each([
    ["torn", (content: string) => content.slice(0, -20)],
    ["without a signature", (content: string) => content.slice(0, content.indexOf('{"signature"'))],
    ["changed", (content: string) => content.replace('"id":0', '"id":2')],
    ["longer than it was", (content: string) => `${journalLines([finished(2)])}${content}`],
    ["empty", () => ""],
  ])("do not count when the file is %s, which is said in one line", async (_what, change) => {
    const records = newRun();
    const file = `${records.prefix}${LEFT_BY}`;
    const content = formatUndelivered("id-0", { results: [result(0)], output: [] }, ENGINE_KEYS.privateKey);
    const changed = change(content);
    expect(changed).not.toBe(content);
    writeFileSync(file, changed);
    const { run, warnings } = await records.recover();
    expect([run.settled(0), run.settled(2)]).toEqual([false, false]);
    const why = "it is not signed by that engine of the run";
    const message = `${file} is not counted among the results that engines have left: ${why}`;
    expect(warnings).toMatchObject([{ code: "undelivered-useless", message }]);
    expect(readFileSync(file, "utf8")).toBe(changed);
  });

  test("do not count when somebody else has signed them, or when they are another engine's", async () => {
    const records = newRun();
    const others = generateKeyPairSync("ec", {
      namedCurve: "P-256",
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    leave(records, "id-0", [result(0)], others);
    const content = formatUndelivered("id-1", { results: [result(2)], output: [] }, ENGINE_KEYS.privateKey);
    writeFileSync(`${records.prefix}_engine_id-0_abcdefabcdef_undelivered.jsonl`, content);
    const { run, warnings } = await records.recover();
    expect([run.settled(0), run.settled(2)]).toEqual([false, false]);
    expect(warnings).toMatchObject([
      { message: expect.stringMatching(/not signed .*, nor are 1 more of such names$/) },
    ]);
  });

  const PLANTED: [what: string, put: (file: string) => void, why: string][] = [
    ["a link to a device", (file) => symlinkSync("/dev/zero", file), "it is a symbolic link"],
    ["a named pipe", (file) => execFileSync("mkfifo", [file]), "it is not a regular file"],
    ["a folder", (file) => mkdirSync(file), "it is not a regular file"],
    ["a file of all", (file) => plant(file, 0o666), "it can be written by other users"],
    ["one too large", (file) => truncateSync(plant(file), 2 ** 40), "it is larger (1099511627776 bytes) than any"],
  ];
  if (process.getuid?.() === 0)
    PLANTED.push(["another user's", (file) => chownSync(plant(file), 65534, 65534), "it belongs to another user"]);

  test.each(PLANTED)("do not count, and hold nobody up, when %s stands in their place", async (_what, put, why) => {
    const records = newRun();
    const file = `${records.prefix}${LEFT_BY}`;
    put(file);
    const { run, warnings } = await records.recover();
    expect(run.settled(0)).toBe(false);
    expect(warnings).toMatchObject([{ message: expect.stringContaining(`${file} is not counted`) }]);
    expect(warnings).toMatchObject([{ message: expect.stringContaining(`: ${why}`) }]);
    expect(existsSync(file)).toBe(true);
  });

  function plant(file: string, mode = 0o644): string {
    writeFileSync(file, formatUndelivered("id-0", { results: [result(0)], output: [] }, ENGINE_KEYS.privateKey));
    chmodSync(file, mode);
    return file;
  }
});

describe("records that cannot be used", () => {
  test("are the user's to deal with when they are not there", async () => {
    const records = new Records();
    await expect(records.recover()).rejects.toMatchObject({ code: "journal-unreadable" });
    records.write(journalOf([STARTED]), "");
    rmSync(`${records.prefix}_status.txt`);
    await expect(records.recover()).rejects.toMatchObject({ code: "record-unusable" });
  });

  test("are refused, and not written to, when the journal is another file", async () => {
    const records = new Records();
    records.write("some text\n", statusLines([finished(0)]));
    await expect(records.recover()).rejects.toMatchObject({ code: "journal-foreign" });
    expect([records.journal, records.status]).toEqual(["some text\n", statusLines([finished(0)])]);
  });

  test("are refused, and not written to, when the journal is another file of one torn line", async () => {
    const records = new Records();
    records.write("some text", `${statusLines([finished(0)])} torn`);
    await expect(records.recover()).rejects.toMatchObject({ code: "journal-foreign" });
    expect([records.journal, records.status]).toEqual(["some text", `${statusLines([finished(0)])} torn`]);
  });

  test("are told of when the journal has lines that are none; the others count", async () => {
    const records = new Records();
    records.write(`${journalOf([STARTED, joined(0)])}{"e":\n${journalLines([assigned(0), finished(0)])}`, "");
    const { run, warnings } = await records.recover({ driver: DRIVER });
    expect(warnings).toMatchObject([{ code: "foreign-journal-line", place: { line: 4 } }]);
    expect(run.settled(0)).toBe(true);
  });
});

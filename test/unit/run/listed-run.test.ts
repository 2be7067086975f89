import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../../src/domain/events.ts";
import { JOURNAL_HEADER } from "../../../src/records/journal/entry.ts";
import { formatEvent } from "../../../src/records/journal/format.ts";
import { formatRecovery } from "../../../src/run/files/recovery-file.ts";
import { filesOfRun } from "../../../src/run/files/run-files.ts";
import { runsIn } from "../../../src/run/files/runs-in.ts";
import { type ListedRun, listedRun } from "../../../src/run/listed-run.ts";
import { createRunCredentials } from "../../../src/wire/credentials.ts";
import { ended, START, started } from "../faces/terminal/events.ts";
import { scratchFolder } from "../node/process/scratch.ts";

/** A process that is no more: none has so large a number. */
const NOBODY = 4_194_305;
const row = (id: number, code: number): string =>
  `${code === 0 ? "    " : "R   "}\t${id}\t${id + 1}\t-1\tn1\t12\t${code}\t1.000\t${START}.000\t${START + 1}.000\t0\t''\t0\t''\ttrue\n`;

const { driver, engine, controller } = await createRunCredentials();
const RECOVERY = {
  ...{
    args: ["Tasks"],
    cwd: "/",
    host: "h",
    pid: 1,
    bootId: "",
    statusFrom: 0,
    journalFrom: 0,
    environment: {},
    ports: {},
  },
  credentials: { driver, engine, controller },
};

interface Left {
  readonly events?: readonly RunEvent[];
  readonly rows?: readonly string[];
  readonly lock?: string;
  readonly recovery?: { readonly slurmJob?: string };
  readonly isOver?: boolean;
}

function runOf({ events, rows = [], lock, recovery, isOver }: Left): ListedRun {
  const files = filesOfRun(path.join(scratchFolder(), "run"));
  writeFileSync(files.status, rows.join(""));
  if (events !== undefined) {
    writeFileSync(files.journal, [JOURNAL_HEADER, ...events.map(formatEvent)].map((line) => `${line}\n`).join(""));
  }
  if (lock !== undefined) writeFileSync(files.lock, lock);
  if (recovery !== undefined)
    writeFileSync(files.recovery, formatRecovery({ ...RECOVERY, ...recovery }), { mode: 0o600 });
  return listedRun(files, undefined, isOver);
}

describe("a run in a list", () => {
  test("has ended, and how, with its tasks counted once each", () => {
    const rows = [row(0, 0), row(1, 2), row(2, 1), row(2, 0)];
    expect(runOf({ events: [started(9), ended(5, "stopped")], rows })).toMatchObject({
      ...{ state: "ended", reason: "stopped", done: 3, failed: 1, total: 9, began: START },
    });
  });

  test("knows how many tasks a stream had once it has ended", () => {
    expect(runOf({ events: [started(), ended(5)], rows: [row(0, 0)] })).toMatchObject({ state: "ended", total: 1 });
    expect(runOf({ events: [started(), ended(5, "stopped")], rows: [row(0, 0)] }).total).toBeUndefined();
  });

  test("goes on while its driver is there, or is on another host", () => {
    const events = [started(9)];
    expect(runOf({ events, lock: `${hostname()} ${process.pid}\n` })).toMatchObject({
      state: "running",
      host: hostname(),
    });
    expect(runOf({ events, lock: "elsewhere 1\n" })).toMatchObject({ state: "running", host: "elsewhere" });
  });

  test("has ended that says so, though its driver is there to tell others of it", () => {
    const lock = `${hostname()} ${process.pid}\n`;
    expect(runOf({ events: [started(9), ended(5)], lock, isOver: true })).toMatchObject({ state: "ended" });
  });

  test("can be recovered when its driver has died and its recovery file is there", () => {
    const lock = `${hostname()} ${NOBODY}\n`;
    expect(runOf({ events: [started(9)], lock, recovery: { slurmJob: "7" } })).toMatchObject({
      ...{ state: "driver-died", host: "h", slurmJob: "7" },
    });
    expect(runOf({ events: [started(9)], lock }).state).toBe("cut-off");
    expect(runOf({ events: [started(9), ended(1)], lock, recovery: {} })).toMatchObject({
      state: "ended",
      reason: "done",
    });
  });

  test("of disBatch has a status file alone", () => {
    const { state, reason, done, failed, total } = runOf({ rows: [row(0, 1)] });
    expect({ state, reason, done, failed, total }).toEqual({
      ...{ state: "ended", reason: undefined, done: 1, failed: 1, total: undefined },
    });
  });

  test("whose records are damaged is there all the same", () => {
    expect(runOf({ rows: ["hello\n", "\0\0\n"] })).toMatchObject({ done: 0, failed: 0 });
  });
});

test("the runs of a folder are found by any of their records, and each once", () => {
  const folder = scratchFolder();
  for (const name of ["a_status.txt", "a_journal.jsonl", "b_dbUtil.sh", "a_b_recovery.json", "c.txt", "d_driver.log"]) {
    writeFileSync(path.join(folder, name), "");
  }
  mkdirSync(path.join(folder, "e_status.txt"));
  symlinkSync(path.join(folder, "c.txt"), path.join(folder, "f_status.txt"));
  expect(
    runsIn(folder)
      .map(({ jobId }) => jobId)
      .toSorted(),
  ).toEqual(["a", "a_b", "b"]);
  expect(runsIn("/nowhere")).toEqual([]);
});

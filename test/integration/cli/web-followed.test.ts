import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { WebFollowed } from "../../../src/cli/web-followed.ts";
import { openWebRun } from "../../../src/cli/web-run.ts";
import { doneOf } from "../../../src/domain/task-tally.ts";
import { findRun } from "../../../src/run/files/find-run.ts";
import { PATIENCE } from "../../support/until.ts";
import { scratchFile } from "../../unit/records/ledger/scratch.ts";
import { statusFile } from "../../unit/records/statusfile/records.ts";

const MANY = 60_000;
const BEGAN = 1_700_000_000;

/** As it is in a run of so many tasks, each of which takes a second. */
function linesOf(count: number, began: number): string {
  const lines = Array.from({ length: count }, (_, id) => ({
    ...{ id, line: id + 1, node: "n1", start: began + id, finish: began + id + 1, command: "true" },
  }));
  return statusFile(...lines);
}

test("a run that is over is shown while its records are read, and how far they have been, until all is there", async () => {
  const status = scratchFile("run_status.txt");
  writeFileSync(status, linesOf(MANY, BEGAN));
  const files = findRun(path.basename(status), path.dirname(status));
  let goOn: () => void = () => undefined;
  const calm = new Promise<void>((resolve) => (goOn = resolve));
  const run = await WebFollowed.open({ words: ["disbatch"], contact: files.contact }, files, () => calm);
  onTestFinished(() => run.close());
  expect(run.link).toEqual({ state: "reading", share: expect.closeTo(0.5, 0) });
  expect(run.view).toMatchObject({ phase: "running", estimate: undefined, stalls: [] });
  expect(doneOf(run.view.tasks)).toBeLessThan(MANY);
  // It is at the time of what has been read.
  expect(run.view).toMatchObject({ started: BEGAN, now: BEGAN + doneOf(run.view.tasks) });
  expect(await run.records.pictured()).toMatchObject({ started: BEGAN, until: run.view.now, isComplete: false });
  const told: string[] = [];
  const over = new Promise<void>((resolve) => {
    run.listen(() => {
      told.push(run.link.state);
      if (run.link.state === "over") resolve();
    });
  });
  goOn();
  await over;
  expect(told.slice(0, -1).every((state) => state === "reading")).toBe(true);
  expect(run.view).toMatchObject({ phase: "ended", tasks: { succeeded: MANY } });
});

test("a run that is over has no command to see how far it is, whoever asked a moment before, and though its lock is there", async () => {
  const status = scratchFile("run_status.txt");
  writeFileSync(status, linesOf(MANY, BEGAN));
  const files = findRun(path.basename(status), path.dirname(status));
  let goOn: () => void = () => undefined;
  const calm = new Promise<void>((resolve) => (goOn = resolve));
  const run = await openWebRun(files, { command: ["disbatch"], args: [], version: "1" }, () => calm);
  onTestFinished(() => run.close());
  writeFileSync(files.lock, `${hostname()} ${process.pid}\n`);
  const next = (): string[] => run.next().map(({ purpose }) => purpose);
  expect([run.followed.link.state, next()]).toEqual(["reading", ["to see how far it is"]]);
  const last = new Promise<string[]>((resolve) => {
    run.followed.listen(() => {
      const now = next();
      if (run.followed.link.state === "over") resolve(now);
    });
  });
  goOn();
  expect(await last).toEqual([]);
});

test("a run that was taken up and is over again before anybody has called it is shown as it has ended", async () => {
  const status = scratchFile("run_status.txt");
  writeFileSync(status, linesOf(3, BEGAN));
  const files = findRun(path.basename(status), path.dirname(status));
  const run = await WebFollowed.open({ words: ["disbatch"], contact: files.contact }, files, () => Promise.resolve());
  onTestFinished(() => run.close());
  await expect.poll(() => run.link.state, { timeout: PATIENCE }).toBe("over");
  expect(run.view.tasks.succeeded).toBe(3);
  const over = new Promise<void>((resolve) => {
    run.listen(() => {
      if (run.link.state === "over" && run.view.ended !== BEGAN + 3) resolve();
    });
  });
  // It has its lock to the end, and nobody reads half of what it writes.
  writeFileSync(files.lock, "");
  const more = linesOf(5, BEGAN + 100).slice(linesOf(3, BEGAN + 100).length);
  appendFileSync(status, more);
  rmSync(files.lock);
  await over;
  expect(run.view).toMatchObject({ phase: "ended", ended: BEGAN + 105, tasks: { succeeded: 5 } });
});

/**
 * Opens the records of a run and asks for its tasks.
 *
 *     queries-driver.ts ANSWERS STATUSFILE [JOURNAL]
 *
 * Writes what it measured to ANSWERS, as JSON of `Answers`.
 */

import { writeFileSync } from "node:fs";

import type { TaskQuery } from "../src/domain/watch.ts";
import { median } from "./statistics.ts";
import { openPastRun } from "../src/records/past/past-run.ts";

/** In milliseconds but for `open`, which is in seconds. */
export interface Answers {
  readonly open: number;
  /** The longest time in which nobody else had a turn while the records were read. */
  readonly longestTurn: number;
  /** By what was asked for: the middle one of three times. */
  readonly queries: Readonly<Record<string, number>>;
}

const QUERIES: Readonly<Record<string, Omit<TaskQuery, "limit">>> = {
  state: { states: ["failed"] },
  kind: { kind: 1 },
  node: { node: "node07" },
  code: { code: 2 },
  id: { from: 400_000, to: 900_000 },
  "longest first": { sort: "duration" },
  "text that is in every line": { text: "true" },
  "text that is in a hundredth of them": { text: "--seed 99" },
  "text that is in no line": { text: "nothing like it" },
};
const TIMES = 3;
const LIMIT = 100;

const [answers = "", status = "", journal] = process.argv.slice(2);
let longestTurn = 0;
let lastTurn = performance.now();
const turns = setInterval(() => {
  longestTurn = Math.max(longestTurn, performance.now() - lastTurn);
  lastTurn = performance.now();
}, 1);
const from = performance.now();
const run = await openPastRun({ status, journal, jobId: "bench" });
const open = (performance.now() - from) / 1000;
clearInterval(turns);
const queries: Record<string, number> = {};
for (const [name, query] of Object.entries(QUERIES)) {
  const times: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    const asked = performance.now();
    await run.tasks({ ...query, limit: LIMIT });
    times.push(performance.now() - asked);
  }
  queries[name] = median(times);
}
await run.close();
writeFileSync(answers, JSON.stringify({ open, longestTurn, queries } satisfies Answers));

/**
 * Opens the records of a run as the web page does, and asks for its tasks.
 *
 *     web-records-driver.ts ANSWERS STATUSFILE JOURNAL
 *
 * Writes what it measured to ANSWERS, as JSON of `WebAnswers`.
 */

import { writeFileSync } from "node:fs";

import type { TaskQuery } from "../src/domain/watch.ts";
import { openGrowingRecords } from "../src/records/past/growing-records.ts";
import { median } from "./statistics.ts";

/** In milliseconds. */
export interface WebAnswers {
  /** Until there is something to show, how many tasks that is, and until all is there. */
  readonly first: number;
  readonly shown: number;
  readonly whole: number;
  /** What asking for news takes where there are none. */
  readonly idle: number;
  /** By what was asked for: the middle one of five times. */
  readonly queries: Readonly<Record<string, number>>;
}

const QUERIES: Readonly<Record<string, Omit<TaskQuery, "limit">>> = {
  state: { states: ["failed"] },
  kind: { kind: 1 },
  node: { node: "node07" },
  code: { code: 2 },
  id: { from: 400_000, to: 900_000 },
  "longest first": { sort: "duration" },
  "newest first": { sort: "newest" },
  "text that is in every line": { text: "true" },
  "text that is in a hundredth of them": { text: "--seed 99" },
  "text of failures": { text: "--seed", states: ["failed"] },
  "text that is in no line, so far": { text: "nothing like it" },
};
const TIMES = 5;
const LIMIT = 100;

const [answers = "", status = "", journal] = process.argv.slice(2);
const from = performance.now();
const run = await openGrowingRecords({ status, journal, jobId: "bench" }, { interval: 0 });
const first = performance.now() - from;
const shown = run.state.done;
await run.whole();
const whole = performance.now() - from;
const idles: number[] = [];
for (let time = 0; time < TIMES; time++) {
  const asked = performance.now();
  await run.catchUp();
  idles.push(performance.now() - asked);
}
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
writeFileSync(answers, JSON.stringify({ first, shown, whole, idle: median(idles), queries } satisfies WebAnswers));

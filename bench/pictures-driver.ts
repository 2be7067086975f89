/**
 * Makes each picture of a run of so many tasks on 256 slots, as the web process does.
 *
 *     pictures-driver.ts ANSWERS TASKS
 *
 * Writes what it measured to ANSWERS, as JSON of `Pictures`.
 */

import { writeFileSync } from "node:fs";

import { exited } from "../src/domain/ending.ts";
import { NO_LEAK } from "../src/domain/result.ts";
import { durationsOverTime } from "../src/records/pictures/durations-over-time.ts";
import { failuresOverTime } from "../src/records/pictures/failures-over-time.ts";
import { histograms } from "../src/records/pictures/histograms.ts";
import { outcomesOverTime } from "../src/records/pictures/outcomes-over-time.ts";
import type { PicturedRun } from "../src/records/pictures/pictured-run.ts";
import { slotsOverTime } from "../src/records/pictures/slots-over-time.ts";
import { taskAt } from "../src/records/pictures/task-at.ts";
import { timeline } from "../src/records/pictures/timeline.ts";
import { RunState } from "../src/records/state/run-state.ts";
import { median } from "./statistics.ts";

/** Milliseconds: the middle one of several times. */
export interface Pictures {
  readonly pictures: Readonly<Record<string, number>>;
  /** The longest time in which nobody else had a turn. */
  readonly longestTurn: number;
}

const ENGINES = 16;
const SLOTS = 16;
const KINDS = 64;
const BEGAN = 1_700_000_000;
/** One task of so many fails. */
const FAILING = 100;
const TIMES = 7;
const PIXELS = 1600;

const [answers = "", tasks = ""] = process.argv.slice(2);
const run = runOf(Number(tasks));
const { started, until } = run;
const middle = { from: started + (until - started) * 0.4, to: started + (until - started) * 0.41, px: PIXELS };
const PICTURES: Readonly<Record<string, () => Promise<unknown>>> = {
  "outcomes over time": () => outcomesOverTime(run, { points: PIXELS }),
  "slots over time": () => slotsOverTime(run, { points: PIXELS }),
  "failures over time": () => failuresOverTime(run, { points: PIXELS }),
  "durations over time": () => durationsOverTime(run, { points: PIXELS }),
  "histogram of all": () => histograms(run, "all"),
  "histograms by node": () => histograms(run, "node"),
  "timeline of slots": () => timeline(run, { px: PIXELS, by: "slot" }),
  "timeline of slots, a hundredth": () => timeline(run, { ...middle, by: "slot" }),
  "timeline of nodes": () => timeline(run, { px: PIXELS, by: "node" }),
  "task at a point": () => taskAt(run, { at: middle.from, engine: 3, slot: 3, within: 1 }),
};

let longestTurn = 0;
const pictures: Record<string, number> = {};
for (const [name, make] of Object.entries(PICTURES)) {
  const times: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    let isDone = false;
    let last = performance.now();
    const turn = (): void => {
      longestTurn = Math.max(longestTurn, performance.now() - last);
      last = performance.now();
      if (!isDone) setImmediate(turn);
    };
    setImmediate(turn);
    const asked = performance.now();
    await make();
    times.push(performance.now() - asked);
    isDone = true;
    await new Promise((resolve) => setImmediate(resolve));
  }
  pictures[name] = median(times);
}
writeFileSync(answers, JSON.stringify({ pictures, longestTurn } satisfies Pictures));

/** A run of so many tasks that take a second or two each. */
function runOf(count: number): PicturedRun {
  const state = new RunState();
  for (let rank = 0; rank < ENGINES; rank++) {
    const engine = { id: `e${rank}`, rank, node: `node${rank}`, pid: 1, slots: SLOTS, context: "c" };
    state.handle({ type: "engine-joined", time: BEGAN, engine });
  }
  const places = ENGINES * SLOTS;
  let last = BEGAN;
  for (let id = 0; id < count; id++) {
    const place = id % places;
    const start = BEGAN + Math.floor(id / places) * 2 + place / 1000;
    const finish = start + 1 + (id % 977) / 1000;
    const failed = id % FAILING === 0;
    const result = {
      ...{
        taskId: id,
        attempt: 1,
        pid: 1,
        ending: exited(failed ? 1 : 0),
        start,
        finish,
        output: NO_LEAK,
        error: NO_LEAK,
      },
      ...{ node: `node${place % ENGINES}`, engine: place % ENGINES, slot: Math.floor(place / ENGINES) },
    };
    const task = { kind: "task", id, line: id + 1, repeatIndex: -1, command: "true" } as const;
    state.table.handle({ type: "task-finished", time: finish, task, result });
    if (failed) state.table.setKind(id, (id / FAILING) % KINDS);
    last = Math.max(last, finish);
  }
  const kinds = Array.from({ length: KINDS }, (_, n) => ({ ending: exited(1), text: `kind ${n}`, isOther: false }));
  return {
    ...{ table: state.table, engines: state.engines, kinds, started: BEGAN, until: last, hasEnded: true },
    ...{ barriers: [], reconstructed: false, isComplete: true, revision: 1 },
  };
}

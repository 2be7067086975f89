import * as fc from "fast-check";
import { exited } from "../../../../src/domain/ending.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { NO_LEAK, type TaskResult } from "../../../../src/domain/result.ts";
import type { Task } from "../../../../src/domain/task.ts";
import type { PicturedRun } from "../../../../src/records/pictures/pictured-run.ts";
import { RunState } from "../../../../src/records/state/run-state.ts";

/** When runs of these tests start, a Unix time in seconds. */
export const STARTED = 1_700_000_000;

/** A task; seconds are from the start of the run. */
export interface SomeTask {
  readonly what: "succeeded" | "failed" | "running" | "interrupted" | "retrying" | "lost" | "skipped" | "not-started";
  readonly engine: number;
  readonly slot: number;
  readonly start: number;
  readonly seconds: number;
  /** Number of its kind of failure. */
  readonly kind?: number | undefined;
}

/** An engine; seconds are from the start of the run. */
interface SomeEngine {
  readonly node: string;
  readonly slots: number;
  readonly joined?: number | undefined;
  readonly gone?: number | undefined;
}

export interface SomeRun {
  readonly engines: readonly SomeEngine[];
  /** By id. */
  readonly tasks: readonly SomeTask[];
  /** How long it has gone on. */
  readonly seconds: number;
  readonly hasEnded?: boolean | undefined;
  readonly kinds?: number | undefined;
  readonly barriers?: readonly (readonly [since: number, passed: number])[] | undefined;
}

/** A run that the real fold has made of what is told here. @param apart from each id to the next. */
export function pictured(run: SomeRun, apart = 1): PicturedRun {
  const state = new RunState();
  for (const [rank, { node, slots, joined = 0 }] of run.engines.entries()) {
    const engine = { id: `e${rank}`, rank, node, pid: 1, slots, context: "c" };
    state.handle({ type: "engine-joined", time: STARTED + joined, engine });
  }
  for (const [at, task] of run.tasks.entries()) {
    const id = at * apart;
    for (const event of eventsOf(id, task, run)) state.handle(event);
    if (task.kind !== undefined) state.table.setKind(id, task.kind);
  }
  const kinds = Array.from({ length: run.kinds ?? 0 }, (_, n) => ({
    ...{ ending: exited(n + 1), text: `kind ${n}`, isOther: n === 255 },
  }));
  const since = (time: number | undefined): number | undefined => (time === undefined ? undefined : STARTED + time);
  return {
    table: state.table,
    engines: state.engines.map((tally, rank) => {
      return { ...tally, joined: since(run.engines[rank]?.joined), gone: since(run.engines[rank]?.gone) };
    }),
    ...{ kinds, started: STARTED, until: STARTED + run.seconds, hasEnded: run.hasEnded ?? true },
    barriers: (run.barriers ?? []).map(([met, passed], line) => {
      return { line, since: STARTED + met, passed: STARTED + passed };
    }),
    ...{ reconstructed: false, isComplete: true, revision: 1 },
  };
}

function eventsOf(id: number, { what, engine, slot, start, seconds }: SomeTask, run: SomeRun): RunEvent[] {
  const task: Task = { kind: "task", id, line: id + 1, repeatIndex: -1, command: "true" };
  const [from, to] = [STARTED + start, STARTED + start + seconds];
  const node = run.engines[engine]?.node ?? "gone";
  const result: TaskResult = {
    ...{ taskId: id, attempt: 1, node, engine, slot, pid: 1, start: from, finish: to },
    ...{ ending: exited(what === "succeeded" ? 0 : 1), output: NO_LEAK, error: NO_LEAK },
  };
  const assigned = { type: "task-assigned", time: from, task, attempt: 1, crashes: 0, engine } as const;
  const started = { type: "task-started", time: from, task, attempt: 1, engine, slot, start: from } as const;
  switch (what) {
    case "succeeded":
    case "failed":
      return [assigned, { type: "task-finished", time: to, task, result }];
    case "not-started":
      return [
        assigned,
        { type: "task-finished", time: to, task, result: { ...result, ending: { type: "not-started", errno: 2 } } },
      ];
    case "running":
      return [assigned, started];
    case "interrupted":
      return [assigned, { type: "task-interrupted", time: to, task, result }];
    case "retrying":
      return [assigned, { type: "task-retrying", time: to, task, result, failures: 1, delay: 1 }];
    case "lost":
      return [assigned, started, { type: "task-superseded", time: to, result }];
    case "skipped":
      break;
  }
  const previous = { ...result, alreadyRecorded: true };
  return [{ type: "task-skipped", time: to, skipped: { kind: "skipped", task, previous } }];
}

const anyTask: fc.Arbitrary<SomeTask> = fc.record({
  what: fc.constantFrom<SomeTask["what"]>(
    ...(["succeeded", "succeeded", "failed", "running", "interrupted", "retrying", "skipped", "not-started"] as const),
  ),
  engine: fc.integer({ min: 0, max: 2 }),
  slot: fc.integer({ min: 0, max: 3 }),
  start: fc.integer({ min: -16, max: 80 }).map((quarters) => quarters / 4),
  // A clock may be set back meanwhile.
  seconds: fc.integer({ min: -4, max: 60 }).map((quarters) => quarters / 4),
  kind: fc.integer({ min: 0, max: 11 }),
});

/** Runs of some seconds on up to three engines; times are quarters of seconds. */
export const anyRun: fc.Arbitrary<SomeRun> = fc.record({
  engines: fc.array(
    fc.record({
      node: fc.constantFrom("n1", "n2"),
      slots: fc.integer({ min: 1, max: 3 }),
      joined: fc.option(
        fc.integer({ min: 0, max: 20 }).map((quarters) => quarters / 4),
        { nil: undefined },
      ),
      gone: fc.option(
        fc.integer({ min: 0, max: 80 }).map((quarters) => quarters / 4),
        { nil: undefined },
      ),
    }),
    { maxLength: 3 },
  ),
  tasks: fc.array(anyTask, { maxLength: 40 }),
  seconds: fc.integer({ min: 0, max: 20 }),
  hasEnded: fc.boolean(),
  kinds: fc.constant(12),
});

/** All numbers that somebody may ask for. */
export const anyRange = fc.record(
  {
    from: fc.oneof(
      fc.double(),
      fc.integer({ min: -5, max: 30 }).map((seconds) => STARTED + seconds),
    ),
    to: fc.oneof(
      fc.double(),
      fc.integer({ min: -5, max: 30 }).map((seconds) => STARTED + seconds),
    ),
    points: fc.oneof(fc.double(), fc.integer({ min: -1, max: 5000 })),
  },
  { requiredKeys: [] },
);

/** Where a task has a slot, cut to the run; undefined where it has none. */
export function stretchOf({ what, start, seconds }: SomeTask, run: SomeRun): readonly [number, number] | undefined {
  if (what === "skipped" || what === "lost") return undefined;
  const within = (time: number): number => Math.max(0, Math.min(time, run.seconds));
  const end = what === "running" ? run.seconds : start + Math.max(0, seconds);
  return [within(start), Math.max(within(start), within(end))];
}

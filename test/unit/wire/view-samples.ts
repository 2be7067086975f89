import * as fc from "fast-check";
import type { EngineView, FailureKind, RunView, Series } from "../../../src/domain/watch.ts";

const count = fc.nat(20);
const time = fc.nat(1000);
const word = fc.constantFrom("alpha", "beta", "gamma", "\u{1F980} wide");
const durations = fc.record({ count, p50: time, p95: time, longest: time });

const engine: fc.Arbitrary<EngineView> = fc.record({
  rank: fc.nat(8),
  node: word,
  pid: count,
  context: word,
  slots: count,
  state: fc.constantFrom("starting", "ready", "silent", "left", "lost"),
  stopping: fc.boolean(),
  running: count,
  finished: count,
  failed: count,
  assigned: count,
  busySeconds: time,
  durations,
  lastHeard: fc.option(time, { nil: undefined }),
  reason: fc.option(word, { nil: undefined }),
});

const kind: fc.Arbitrary<FailureKind> = fc.record({
  id: fc.nat(6),
  ending: fc.constantFrom({ type: "exited", code: 3 }, { type: "given-up" }, { type: "stopped" }),
  text: word,
  count,
  first: time,
  last: time,
  node: word,
  nodes: count,
  example: count,
  isOther: fc.boolean(),
});

/** Steps of one length in all four lines, as time has them. */
const series: fc.Arbitrary<Series> = fc.nat(6).chain((length) => {
  const steps = fc.array(fc.nat(2), { minLength: length, maxLength: length });
  return fc.record({
    step: fc.constantFrom(1, 10),
    since: fc.nat(30),
    succeeded: steps,
    failed: steps,
    busy: steps,
    offered: steps,
  });
});

/** Views of runs, of few rows, so that two of them have some in common. */
export const anyView: fc.Arbitrary<RunView> = fc.record({
  jobId: word,
  taskFile: word,
  host: word,
  pid: count,
  started: time,
  now: time,
  phase: fc.constantFrom("running", "draining", "terminating", "ended"),
  reason: fc.option(fc.constantFrom("done", "stopped"), { nil: undefined }),
  ended: fc.option(time, { nil: undefined }),
  tasks: fc.record({
    total: fc.option(count, { nil: undefined }),
    succeeded: count,
    failed: count,
    skipped: count,
    skippedFailed: count,
    interrupted: count,
    retrying: count,
    retries: count,
    running: count,
    assigned: count,
    restarts: count,
  }),
  slots: fc.record({ total: count, offeredSeconds: time, busySeconds: time }),
  barriers: fc.record({
    passed: count,
    waiting: fc.option(fc.record({ line: count, check: fc.boolean(), since: time }), { nil: undefined }),
  }),
  contexts: fc.array(fc.record({ label: word, nodes: fc.array(word), stopped: fc.boolean() }), { maxLength: 2 }),
  engines: fc
    .uniqueArray(engine, { selector: ({ rank }) => rank })
    .map((engines) => engines.toSorted((a, b) => a.rank - b.rank)),
  kinds: fc.uniqueArray(kind, { selector: ({ id }) => id }).map((kinds) => kinds.toSorted((a, b) => a.id - b.id)),
  templates: fc.option(
    fc.record({
      list: fc.array(
        fc.record({ name: word, counts: fc.constantFrom({}, { done: 2, failed: 1 }), isGrowing: fc.boolean() }),
        {
          maxLength: 2,
        },
      ),
      more: count,
    }),
    { nil: undefined },
  ),
  durations,
  series: fc.array(series, { maxLength: 3 }),
  estimate: fc.option(fc.record({ earliest: time, latest: time, slow: count }), { nil: undefined }),
  stalls: fc.array(
    fc.oneof(
      fc.record({ why: fc.constant("no-engines"), awaited: fc.boolean() }),
      fc.record({ why: fc.constant("unreachable"), nodes: fc.array(word), reason: word }),
      fc.record({ why: fc.constant("barrier"), line: count, since: time, running: count, nodes: fc.array(word) }),
    ),
    { maxLength: 2 },
  ),
});

/** A run where nothing has happened yet. */
export const EMPTY_VIEW: RunView = {
  jobId: "run",
  taskFile: "Tasks",
  host: "alpha",
  pid: 1,
  started: 1000,
  now: 1000,
  phase: "running",
  tasks: {
    total: undefined,
    succeeded: 0,
    failed: 0,
    skipped: 0,
    skippedFailed: 0,
    interrupted: 0,
    retrying: 0,
    retries: 0,
    running: 0,
    assigned: 0,
    restarts: 0,
  },
  slots: { total: 0, offeredSeconds: 0, busySeconds: 0 },
  barriers: { passed: 0 },
  contexts: [],
  engines: [],
  kinds: [],
  durations: { count: 0, p50: 0, p95: 0, longest: 0 },
  series: [],
  stalls: [],
};

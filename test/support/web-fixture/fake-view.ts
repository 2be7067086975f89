import type { DurationSummary, EngineView, FailureKind, RunView, Series } from "../../../src/domain/watch.ts";
import { chance, fakeKinds, type FakeScale, slotsOf, startOf } from "./fake-tasks.ts";

const NO_DURATIONS: DurationSummary = { count: 0, p50: 0, p95: 0, longest: 0 };

/** Where the run stands when so many of its tasks are done. `kinds`: those of an earlier look, where counting them anew takes too long. */
export function fakeView(scale: FakeScale, name: string, kinds: readonly FailureKind[] = fakeKinds(scale)): RunView {
  const { total, done, started } = scale;
  const slots = slotsOf(scale);
  const running = Math.min(slots, total - done);
  const failed = kinds.reduce((sum, { count }) => sum + count, 0);
  const now = done === 0 ? started + 2 : startOf(scale, done) + scale.typical * 0.4;
  const left = ((total - done) / slots) * scale.typical * 1.25;
  const hasEnded = done >= total;
  const busy = slots * (now - started) * 0.93;
  return {
    jobId: name,
    taskFile: `/scratch/users/ada/${name}.tasks`,
    host: "login1",
    pid: 41_207,
    started,
    now,
    phase: hasEnded ? "ended" : "running",
    reason: hasEnded ? "done" : undefined,
    ended: hasEnded ? now : undefined,
    tasks: {
      total,
      succeeded: done - failed,
      failed,
      skipped: 0,
      skippedFailed: 0,
      interrupted: 0,
      retrying: 0,
      retries: 12,
      running,
      assigned: Math.min(slots, Math.max(0, total - done - slots)),
      restarts: 2,
    },
    slots: { total: slots, offeredSeconds: slots * (now - started), busySeconds: busy },
    barriers: { passed: 2 },
    contexts: [
      { label: "SSH", nodes: scale.nodes.slice(0, Math.ceil(scale.nodes.length / 2)), stopped: false },
      { label: "night", nodes: scale.nodes.slice(Math.ceil(scale.nodes.length / 2)), stopped: false, tasksLeft: 1200 },
    ],
    engines: fakeEngines(scale, now, hasEnded),
    kinds,
    durations: { count: done, p50: scale.typical * 0.98, p95: scale.typical * 2.4, longest: scale.typical * 19.7 },
    series: [1, 10, 60].map((step) => fakeSeries(scale, step, now)),
    estimate: hasEnded
      ? undefined
      : { earliest: now + left * 0.94, latest: now + left * 1.22, slow: left < 60 ? 2 : 0 },
    stalls: [],
  };
}

function fakeEngines(scale: FakeScale, now: number, hasEnded: boolean): EngineView[] {
  return scale.nodes.map((node, rank) => {
    const finished = Math.floor(scale.done / scale.nodes.length);
    const factor = rank === 1 ? 2.6 : 0.9 + chance(rank, 20) * 0.2;
    const state = hasEnded
      ? "left"
      : rank > 3 && rank % 19 === 4
        ? "silent"
        : rank > 3 && rank % 31 === 7
          ? "lost"
          : "ready";
    const isThere = state === "ready";
    return {
      rank,
      node,
      pid: 2000 + rank,
      context: rank < scale.nodes.length / 2 ? "SSH" : "night",
      slots: scale.slotsOfNode,
      state,
      stopping: false,
      running: isThere
        ? Math.min(scale.slotsOfNode, Math.max(0, scale.total - scale.done - rank * scale.slotsOfNode))
        : 0,
      finished,
      failed: Math.round((finished * scale.failing * (rank === 1 ? 4 : 1)) / 1000),
      assigned: scale.slotsOfNode + 1,
      busySeconds: (now - scale.started) * scale.slotsOfNode * (rank === 1 ? 0.61 : 0.9 + chance(rank, 21) * 0.08),
      durations:
        finished === 0
          ? NO_DURATIONS
          : {
              count: finished,
              p50: scale.typical * factor,
              p95: scale.typical * 2.3 * factor,
              longest: scale.typical * 11 * factor,
            },
      lastHeard: isThere ? now - chance(rank, Math.floor(now)) * 2 : now - 140 - rank,
      reason:
        state === "lost"
          ? "the connection was closed: no route to host"
          : state === "silent"
            ? "no answer for 20 s"
            : undefined,
    };
  });
}

function fakeSeries(scale: FakeScale, step: number, now: number): Series {
  const steps = Math.min(60, Math.max(1, Math.floor((now - scale.started) / step)));
  const since = Math.floor(now / step) * step;
  const rate = (slotsOf(scale) / (scale.typical * 1.25)) * step;
  const values = Array.from({ length: steps }, (_, i) => since / step - steps + i + 1);
  return {
    step,
    since,
    succeeded: values.map((at) => Math.round(rate * (0.8 + chance(at, 30) * 0.3))),
    failed: values.map((at) => Math.round((rate * scale.failing * chance(at, 31)) / 500)),
    busy: values.map((at) => slotsOf(scale) * step * (0.86 + chance(at, 32) * 0.12)),
    offered: values.map(() => slotsOf(scale) * step),
  };
}

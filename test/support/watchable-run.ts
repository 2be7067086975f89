import type { Snapshot } from "../../src/domain/snapshot.ts";
import type { RunView, WatchableRun } from "../../src/domain/watch.ts";

const NO_DURATIONS = { count: 0, p50: 0, p95: 0, longest: 0 };

/** A run that knows of itself what its snapshot says, and of its tasks nothing. */
export function watchableRun(snapshot: () => Snapshot): WatchableRun {
  return {
    view: () => viewFrom(snapshot()),
    tasks: async () => ({ rows: [], total: 0 }),
    task: async () => undefined,
    slots: async () => snapshot().engines.map(({ rank, tasks }) => ({ rank, tasks })),
  };
}

function viewFrom({ tasks, engines, ...rest }: Snapshot): RunView {
  return {
    ...rest,
    tasks: {
      ...tasks,
      skippedFailed: 0,
      interrupted: 0,
      retrying: tasks.retrying ?? 0,
      retries: 0,
      assigned: 0,
      restarts: 0,
    },
    slots: { total: engines.reduce((sum, { slots }) => sum + slots, 0), offeredSeconds: 0, busySeconds: 0 },
    barriers: { passed: 0 },
    engines: engines.map((engine) => ({
      ...engine,
      assigned: engine.running,
      busySeconds: 0,
      durations: NO_DURATIONS,
    })),
    kinds: [],
    durations: NO_DURATIONS,
    series: [],
    stalls: [],
  };
}

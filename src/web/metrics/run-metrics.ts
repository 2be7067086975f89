import { type EngineView, type RunView, TASK_STATES, type TaskState } from "../../domain/watch.ts";
import { waitingOf } from "../../domain/task-tally.ts";
import { BUCKET_ENDS, type Durations } from "./duration-buckets.ts";
import { type MetricFamily, numberText, type Sample } from "./exposition.ts";

/** What is told of a run. */
export interface MeasuredRun {
  /** Its id, the value of the label `run`: there are as many as the server has runs, and they stay while it serves them. */
  readonly id: string;
  readonly view: RunView;
  /** Whether all is known that is counted: what is counted up while records are read has not happened then. */
  readonly isCounted: boolean;
  /** Missing while not all is known, and where nobody can tell. */
  readonly durations: Durations | undefined;
}

const ENGINE_STATES: readonly EngineView["state"][] = ["starting", "ready", "silent", "left", "lost"];

/** All metrics. No label has values that grow with tasks or hosts. */
export function runMetrics(runs: readonly MeasuredRun[], version: string): MetricFamily[] {
  const each = (samples: (run: MeasuredRun) => readonly Sample[]): Sample[] => runs.flatMap(samples);
  return [
    {
      name: "disbatch_tasks_total",
      help: "Tasks that have an outcome, by what it is. Skipped ones were done in an earlier run.",
      type: "counter",
      samples: each(({ id, view: { tasks }, isCounted }) =>
        isCounted
          ? [
              { labels: { run: id, outcome: "succeeded" }, value: tasks.succeeded },
              { labels: { run: id, outcome: "failed" }, value: tasks.failed },
              { labels: { run: id, outcome: "skipped" }, value: tasks.skipped },
            ]
          : [],
      ),
    },
    {
      name: "disbatch_tasks",
      help: "Tasks by where they stand. Without the waiting ones while nobody knows how many there are.",
      type: "gauge",
      samples: each(({ id, view }) =>
        TASK_STATES.flatMap((state) => {
          const value = tasksIn(state, view);
          return value === undefined ? [] : [{ labels: { run: id, state }, value }];
        }),
      ),
    },
    {
      name: "disbatch_slots",
      help: "Slots of the engines that are in the run now.",
      type: "gauge",
      samples: each(({ id, view }) => {
        const busy = busySlots(view);
        return [
          { labels: { run: id, state: "busy" }, value: busy },
          { labels: { run: id, state: "free" }, value: view.slots.total - busy },
        ];
      }),
    },
    {
      name: "disbatch_engines",
      help: "Engines that have ever joined the run.",
      type: "gauge",
      samples: each(({ id, view }) =>
        ENGINE_STATES.map((state) => ({
          labels: { run: id, state },
          value: view.engines.filter((engine) => engine.state === state).length,
        })),
      ),
    },
    {
      name: "disbatch_task_duration_seconds",
      help: "How long tasks took that have run to their end in this run.",
      type: "histogram",
      samples: each(({ id, durations }) => (durations === undefined ? [] : durationSamples(id, durations))),
    },
    {
      name: "disbatch_build_info",
      help: "The program that serves this; always 1.",
      type: "gauge",
      samples: [{ labels: { version }, value: 1 }],
    },
  ];
}

function tasksIn(state: TaskState, { tasks }: RunView): number | undefined {
  if (state !== "waiting") return tasks[state];
  const waiting = waitingOf(tasks);
  return waiting === undefined ? undefined : Math.max(0, waiting - tasks.assigned);
}

/** A task may take more than a slot, or less: there are never more busy ones than there are slots. */
function busySlots({ engines, slots }: RunView): number {
  const present = engines.filter(({ state }) => state !== "left" && state !== "lost");
  const busy = present.reduce((sum, engine) => sum + Math.min(engine.running, engine.slots), 0);
  return Math.min(busy, slots.total);
}

function durationSamples(run: string, { cumulated, sum }: Durations): Sample[] {
  return [
    ...cumulated.map((value, at): Sample => ({
      suffix: "_bucket",
      labels: { run, le: numberText(BUCKET_ENDS[at] ?? Infinity) },
      value,
    })),
    { suffix: "_sum", labels: { run }, value: sum },
    { suffix: "_count", labels: { run }, value: cumulated.at(-1) ?? 0 },
  ];
}

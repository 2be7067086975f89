import type { EngineView, FailureKind, RunView, Series } from "./watch.ts";

/** What of a view is another than it was. Sections and rows stand there whole; what is missing has not changed. */
export interface ViewChange {
  readonly now: number;
  readonly sections: Partial<Sections>;
  /** By rank. */
  readonly engines?: Rows<EngineView> | undefined;
  /** Engines that have only been heard of again, by rank, and when. */
  readonly heard?: readonly (readonly [rank: number, lastHeard: number])[] | undefined;
  /** By id. */
  readonly kinds?: Rows<FailureKind> | undefined;
  /** All of them, when one has changed. */
  readonly series?: readonly SeriesChange[] | undefined;
}

/** The sections of a view that are small. */
interface Sections extends Pick<RunView, "tasks" | "slots" | "barriers" | "contexts" | "durations"> {
  readonly run: Pick<RunView, "jobId" | "taskFile" | "host" | "pid" | "started">;
  readonly phase: Pick<RunView, "phase" | "reason" | "ended">;
  readonly outlook: Pick<RunView, "estimate" | "stalls">;
  readonly workflow: Pick<RunView, "templates">;
}

interface Rows<Row> {
  /** Rows that are new or others now. */
  readonly set: readonly Row[];
  /** What the rows go by that are no more. */
  readonly gone: readonly number[];
}

/** A series of which so many steps have gone at the old end, so many others are as they were, and what follows these is given. */
interface SeriesChange extends Series {
  readonly drop: number;
  readonly keep: number;
}

/** What makes `after` of `before`; undefined when only the clock has gone on, or nothing has. */
export function changeBetween(before: RunView, after: RunView): ViewChange | undefined {
  const was = sectionsOf(before);
  const is = sectionsOf(after);
  const sections: Partial<Sections> = {
    ...(isSame(was.run, is.run) ? {} : { run: is.run }),
    ...(isSame(was.phase, is.phase) ? {} : { phase: is.phase }),
    ...(isSame(was.tasks, is.tasks) ? {} : { tasks: is.tasks }),
    ...(isSame(was.slots, is.slots) ? {} : { slots: is.slots }),
    ...(isSame(was.barriers, is.barriers) ? {} : { barriers: is.barriers }),
    ...(isSame(was.contexts, is.contexts) ? {} : { contexts: is.contexts }),
    ...(isSame(was.durations, is.durations) ? {} : { durations: is.durations }),
    ...(isSame(was.outlook, is.outlook) ? {} : { outlook: is.outlook }),
    ...(isSame(was.workflow, is.workflow) ? {} : { workflow: is.workflow }),
  };
  const { engines, heard } = engineChanges(before.engines, after.engines);
  const kinds = rowChanges(before.kinds, after.kinds, ({ id }) => id);
  const series = seriesChanges(before.series, after.series);
  const change = { now: after.now, sections, engines, heard, kinds, series };
  const isNone = Object.keys(sections).length === 0 && !(engines ?? heard ?? kinds ?? series);
  return isNone ? undefined : change;
}

/** The view after the change. Engines stand in the order of their ranks, and kinds in that of their ids. */
export function applyChange(view: RunView, change: ViewChange): RunView {
  const { run, phase, outlook, workflow, ...whole } = change.sections;
  const engines = applyRows(view.engines, change.engines, ({ rank }) => rank);
  return {
    ...view,
    ...run,
    ...whole,
    // On its way a field without a value is lost, and is to be taken away all the same.
    ...(phase === undefined ? {} : { phase: phase.phase, reason: phase.reason, ended: phase.ended }),
    ...(outlook === undefined ? {} : { estimate: outlook.estimate, stalls: outlook.stalls }),
    ...(workflow === undefined ? {} : { templates: workflow.templates }),
    now: change.now,
    engines: change.heard === undefined ? engines : withHeard(engines, change.heard),
    kinds: applyRows(view.kinds, change.kinds, ({ id }) => id),
    series: change.series?.map((series, i) => applySeries(view.series[i], series)) ?? view.series,
  };
}

/** Every field stands in its section, also one without a value: so it is taken away where it was. */
function sectionsOf(view: RunView): Sections {
  const { jobId, taskFile, host, pid, started, phase, reason, ended, estimate, stalls, templates } = view;
  const { tasks, slots, barriers, contexts, durations } = view;
  return {
    tasks,
    slots,
    barriers,
    contexts,
    durations,
    run: { jobId, taskFile, host, pid, started },
    phase: { phase, reason, ended },
    outlook: { estimate, stalls },
    workflow: { templates },
  };
}

/** Whether both look the same on the wire, where a field without a value is none. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** That an engine has been heard of again is so common that it is told in fewer words. */
function engineChanges(
  before: readonly EngineView[],
  after: readonly EngineView[],
): Pick<ViewChange, "engines" | "heard"> {
  const heard: [number, number][] = [];
  const old = new Map(before.map((engine) => [engine.rank, engine]));
  for (const { rank, lastHeard } of after) {
    const was = old.get(rank);
    if (was === undefined || lastHeard === undefined || was.lastHeard === lastHeard) continue;
    heard.push([rank, lastHeard]);
    old.set(rank, { ...was, lastHeard });
  }
  const engines = rowChanges([...old.values()], after, ({ rank }) => rank);
  return { engines, heard: heard.length === 0 ? undefined : heard };
}

function withHeard(engines: readonly EngineView[], heard: NonNullable<ViewChange["heard"]>): EngineView[] {
  const times = new Map(heard);
  return engines.map((engine) => {
    const lastHeard = times.get(engine.rank);
    return lastHeard === undefined ? engine : { ...engine, lastHeard };
  });
}

function rowChanges<Row>(
  before: readonly Row[],
  after: readonly Row[],
  keyOf: (row: Row) => number,
): Rows<Row> | undefined {
  const old = new Map(before.map((row) => [keyOf(row), row]));
  const set: Row[] = [];
  for (const row of after) {
    const key = keyOf(row);
    if (!isSame(old.get(key), row)) set.push(row);
    old.delete(key);
  }
  const gone = [...old.keys()];
  return set.length + gone.length === 0 ? undefined : { set, gone };
}

function applyRows<Row>(
  rows: readonly Row[],
  change: Rows<Row> | undefined,
  keyOf: (row: Row) => number,
): readonly Row[] {
  if (change === undefined) return rows;
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  for (const row of change.set) byKey.set(keyOf(row), row);
  for (const key of change.gone) byKey.delete(key);
  return [...byKey.values()].toSorted((a, b) => keyOf(a) - keyOf(b));
}

const NO_STEPS: Series = { step: 1, since: 0, succeeded: [], failed: [], busy: [], offered: [] };
const LINES = ["succeeded", "failed", "busy", "offered"] as const;

function seriesChanges(before: readonly Series[], after: readonly Series[]): SeriesChange[] | undefined {
  if (isSame(before, after)) return undefined;
  return after.map((series, i) => seriesChange(before[i] ?? NO_STEPS, series));
}

/** Time has gone on by so many steps, and only the newest are others. */
function seriesChange(before: Series, after: Series): SeriesChange {
  const { length } = before.busy;
  const passed = Math.round((after.since - before.since) / after.step);
  const grown = after.busy.length - length;
  const drop = Math.min(length, Math.max(0, passed - Math.max(0, grown)));
  let keep = 0;
  const isKept = (at: number): boolean =>
    LINES.every((line) => drop + at < before[line].length && before[line][drop + at] === after[line][at]);
  const most = Math.min(...LINES.map((line) => after[line].length));
  while (keep < most && isKept(keep)) keep++;
  const tail = (steps: readonly number[]): number[] => steps.slice(keep);
  const { step, since, succeeded, failed, busy, offered } = after;
  return {
    step,
    since,
    drop,
    keep,
    succeeded: tail(succeeded),
    failed: tail(failed),
    busy: tail(busy),
    offered: tail(offered),
  };
}

function applySeries(before: Series = NO_STEPS, { step, since, drop, keep, ...tails }: SeriesChange): Series {
  const whole = (line: (typeof LINES)[number]): number[] => [...before[line].slice(drop, drop + keep), ...tails[line]];
  return {
    step,
    since,
    succeeded: whole("succeeded"),
    failed: whole("failed"),
    busy: whole("busy"),
    offered: whole("offered"),
  };
}

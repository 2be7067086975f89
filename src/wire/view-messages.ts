/** What a driver tells those who watch its run: where it stands, what has changed since, and what they have asked for. */

import * as v from "valibot";
import {
  type EngineSlots,
  MOST_ROWS,
  type RunView,
  TASK_STATES,
  type TaskDetail,
  type TaskPage,
  type TaskQuery,
} from "../domain/watch.ts";
import { INSTANCE_STATE_NAMES, type TemplateTallies } from "../domain/instance-state.ts";
import { RUN_ENDS } from "../domain/events.ts";
import { KnownEndingSchema } from "./ending.ts";
import { Count, Name, RunningTaskSchema, Seconds, UsageSchema } from "./messages.ts";
import type { ViewChange } from "../domain/view-changes.ts";

/** Longest text that is asked for. Characters. */
const LONGEST_TEXT = 4096;
/** Longest cursor. Characters. */
const LONGEST_CURSOR = 1024;
/** Kinds of failures; the domain keeps fewer. */
const MOST_KINDS = 1024;
/** Steps of a series, and how many series there are. */
const MOST_STEPS = 4096;
const MOST_SERIES = 16;
const MOST_STALLS = 64;
const MOST_LISTED_TEMPLATES = 1024;

const Text = v.pipe(v.string(), v.maxLength(LONGEST_TEXT));
const Whole = v.pipe(v.number(), v.safeInteger());
/** What a run is doing. */
export const Phase = v.picklist(["running", "draining", "terminating", "ended"]);
export const RunEndSchema = v.picklist(RUN_ENDS);

/** A context, as status and views have it. */
export const ContextStateSchema = v.object({
  label: Name,
  nodes: v.pipe(v.array(Name), v.readonly()),
  tasksLeft: v.exactOptional(Count),
  stopped: v.boolean(),
});

/** What an engine is doing, as status and views have it. */
export const EngineStates = v.picklist(["starting", "ready", "silent", "left", "lost"]);

const DurationSummarySchema = v.object({ count: Count, p50: Seconds, p95: Seconds, longest: Seconds });

export const EngineViewSchema = v.object({
  rank: Count,
  node: Name,
  pid: Count,
  context: Name,
  slots: Count,
  state: EngineStates,
  stopping: v.boolean(),
  heldBack: v.optional(v.string()),
  running: Count,
  finished: Count,
  failed: Count,
  assigned: Count,
  busySeconds: Seconds,
  durations: DurationSummarySchema,
  lastHeard: v.optional(Seconds),
  reason: v.optional(v.string()),
});

export const FailureKindSchema = v.object({
  id: Count,
  ending: KnownEndingSchema,
  text: Text,
  count: Count,
  first: Seconds,
  last: Seconds,
  node: Name,
  nodes: Count,
  example: Count,
  isOther: v.boolean(),
});

const Steps = v.pipe(v.array(Seconds), v.maxLength(MOST_STEPS));
const SeriesSchema = v.object({
  step: Seconds,
  since: Seconds,
  succeeded: Steps,
  failed: Steps,
  busy: Steps,
  offered: Steps,
});

export const EstimateSchema = v.object({ earliest: Seconds, latest: Seconds, slow: Count });

const StallSchema = v.variant("why", [
  v.object({ why: v.literal("barrier"), line: Count, since: Seconds, running: Count, nodes: v.array(Name) }),
  v.object({ why: v.literal("no-engines"), awaited: v.boolean() }),
  v.object({ why: v.literal("starting"), engines: Count }),
  v.object({ why: v.literal("ending"), phase: v.picklist(["draining", "terminating"]), running: Count }),
  v.object({ why: v.literal("unreachable"), nodes: v.array(Name), reason: v.string() }),
  v.object({ why: v.literal("task-limit"), contexts: v.array(Name) }),
  v.object({ why: v.literal("stopped"), contexts: v.array(Name), engines: v.array(Count), running: Count }),
  v.object({ why: v.literal("room"), task: Count, needs: v.string(), where: v.string() }),
  v.object({ why: v.literal("no-tasks"), sourceEnded: v.boolean() }),
  v.object({ why: v.literal("awaits-tasks") }),
]);

/** How many instances of a template stand where. Names of templates may be long. */
export const TemplateTallySchema = v.object({
  name: v.pipe(v.string(), v.maxLength(LONGEST_TEXT)),
  counts: v.object(v.entriesFromList(INSTANCE_STATE_NAMES, v.exactOptional(Count))),
  isGrowing: v.boolean(),
});

/** The domain lists fewer of them. */
export const TemplatesSchema: v.GenericSchema<unknown, TemplateTallies> = v.object({
  list: v.pipe(v.array(TemplateTallySchema), v.maxLength(MOST_LISTED_TEMPLATES)),
  more: Count,
});

/** Numbers of tasks. */
export const TaskTallySchema = v.object({
  total: v.optional(Count),
  succeeded: Count,
  failed: Count,
  skipped: Count,
  skippedFailed: Count,
  interrupted: Count,
  retrying: Count,
  retries: Count,
  running: Count,
  assigned: Count,
  restarts: Count,
});

/** The sections of a view that are small, and travel whole. */
const SECTIONS = {
  run: v.object({ jobId: v.string(), taskFile: v.string(), host: Name, pid: Count, started: Seconds }),
  phase: v.object({ phase: Phase, reason: v.optional(RunEndSchema), ended: v.optional(Seconds) }),
  tasks: TaskTallySchema,
  slots: v.object({ total: Count, offeredSeconds: Seconds, busySeconds: Seconds }),
  barriers: v.object({
    passed: Count,
    waiting: v.optional(v.object({ line: Count, check: v.boolean(), since: Seconds })),
  }),
  contexts: v.array(ContextStateSchema),
  workflow: v.object({ templates: v.optional(TemplatesSchema) }),
  durations: DurationSummarySchema,
  outlook: v.object({
    estimate: v.optional(EstimateSchema),
    stalls: v.pipe(v.array(StallSchema), v.maxLength(MOST_STALLS)),
  }),
};

const { run, phase, outlook, workflow, ...named } = SECTIONS;

export const RunViewSchema: v.GenericSchema<unknown, RunView> = v.object({
  ...run.entries,
  ...phase.entries,
  ...named,
  ...outlook.entries,
  ...workflow.entries,
  now: Seconds,
  engines: v.array(EngineViewSchema),
  kinds: v.pipe(v.array(FailureKindSchema), v.maxLength(MOST_KINDS)),
  series: v.pipe(v.array(SeriesSchema), v.maxLength(MOST_SERIES)),
});

/** Rows that are new or are others now, and the names of those that are no more. */
const rowsOf = <S extends v.GenericSchema>(row: S) => v.object({ set: v.array(row), gone: v.array(Count) });

export const ViewChangeSchema: v.GenericSchema<unknown, ViewChange> = v.object({
  now: Seconds,
  sections: v.object({
    run: v.exactOptional(run),
    phase: v.exactOptional(phase),
    tasks: v.exactOptional(named.tasks),
    slots: v.exactOptional(named.slots),
    barriers: v.exactOptional(named.barriers),
    contexts: v.exactOptional(named.contexts),
    workflow: v.exactOptional(workflow),
    durations: v.exactOptional(named.durations),
    outlook: v.exactOptional(outlook),
  }),
  engines: v.optional(rowsOf(EngineViewSchema)),
  heard: v.optional(v.array(v.tuple([Count, Seconds]))),
  kinds: v.optional(rowsOf(FailureKindSchema)),
  series: v.optional(
    v.pipe(v.array(v.object({ ...SeriesSchema.entries, drop: Count, keep: Count })), v.maxLength(MOST_SERIES)),
  ),
});

export const TaskQuerySchema: v.GenericSchema<unknown, TaskQuery> = v.object({
  states: v.optional(v.pipe(v.array(v.picklist(TASK_STATES)), v.maxLength(TASK_STATES.length))),
  kind: v.optional(Count),
  node: v.optional(Name),
  engine: v.optional(Count),
  code: v.optional(Whole),
  from: v.optional(Count),
  to: v.optional(Count),
  text: v.optional(Text),
  sort: v.optional(v.picklist(["id", "newest", "age", "duration"])),
  cursor: v.optional(v.pipe(v.string(), v.maxLength(LONGEST_CURSOR))),
  limit: v.pipe(Count, v.minValue(1), v.maxValue(MOST_ROWS)),
});

const LeakSchema = v.object({ bytes: Count, snippet: Text });

export const TaskRowSchema = v.object({
  id: Count,
  state: v.picklist(TASK_STATES),
  attempt: Count,
  engine: v.optional(Count),
  node: v.optional(Name),
  slot: v.optional(Whole),
  start: v.optional(Seconds),
  finish: v.optional(Seconds),
  ending: v.optional(KnownEndingSchema),
  due: v.optional(Seconds),
  kind: v.optional(Count),
  line: v.optional(Count),
  repeatIndex: v.optional(Whole),
  command: v.optional(v.string()),
  output: v.optional(LeakSchema),
  error: v.optional(LeakSchema),
  terms: v.optional(v.string()),
  usage: v.optional(UsageSchema),
});

export const TaskPageSchema: v.GenericSchema<unknown, TaskPage> = v.object({
  rows: v.pipe(v.array(TaskRowSchema), v.maxLength(MOST_ROWS)),
  total: v.optional(Count),
  cursor: v.optional(v.pipe(v.string(), v.maxLength(LONGEST_CURSOR))),
});

export const AttemptSchema = v.object({
  attempt: Count,
  engine: Whole,
  node: Name,
  slot: v.optional(Whole),
  start: v.optional(Seconds),
  finish: v.optional(Seconds),
  end: v.picklist(["lost", "returned", "interrupted", "superseded", "failed"]),
  ending: v.optional(KnownEndingSchema),
});

export const TaskDetailSchema: v.GenericSchema<unknown, TaskDetail> = v.object({
  row: TaskRowSchema,
  attempts: v.array(AttemptSchema),
});

export const EngineSlotsSchema: v.GenericSchema<unknown, EngineSlots> = v.object({
  rank: Count,
  tasks: v.array(RunningTaskSchema),
});

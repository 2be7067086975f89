/** The schemas of all answers and of what is asked: they check, they are the description of the API, and their types are those of `answers.ts`. */

import * as v from "valibot";
import { INSTANCE_STATE_NAMES } from "../../domain/instance-state.ts";
import type { StopRequest } from "../../domain/watch.ts";
import {
  AttemptSchema,
  ContextStateSchema,
  EngineViewSchema,
  EstimateSchema,
  FailureKindSchema,
  Phase,
  RunEndSchema,
  RunViewSchema,
  TaskRowSchema,
  TaskTallySchema,
  TemplateTallySchema,
  ViewChangeSchema,
} from "../../wire/view-messages.ts";
import { Count, Name, Seconds, UsageSchema } from "../../wire/messages.ts";
import { KnownEndingSchema } from "../../wire/ending.ts";
import type { Vocabulary } from "../http/json-schema.ts";
import {
  type ContextList,
  type EngineList,
  type FailureList,
  type GraphDocument,
  type HistogramList,
  type InstanceList,
  METRICS,
  MOST_BOXES,
  type Problem,
  type RunDocument,
  type RunEvents,
  type RunList,
  type SeriesDocument,
  type Stopped,
  type TaskDocument,
  type TaskList,
  type TimelineDocument,
  type TimelineTask,
} from "./answers.ts";

/** Answers have a schema of their own, whose type is theirs. */
type SchemaOf<T> = v.GenericSchema<unknown, T>;

const Part = { total: v.optional(Count), truncated: v.boolean() };
const Number = v.number();

const WatchLinkSchema = v.variant("state", [
  v.object({ state: v.literal("live") }),
  v.object({ state: v.literal("lost"), since: Seconds, why: v.string(), hasDied: v.boolean() }),
  v.object({ state: v.literal("reading"), share: v.number() }),
  v.object({ state: v.literal("over") }),
]);

const NextSchema = v.array(v.object({ purpose: v.string(), command: v.string() }));

const RunSummarySchema = v.object({
  id: v.string(),
  name: v.string(),
  prefix: v.string(),
  taskFile: v.string(),
  host: v.string(),
  phase: Phase,
  reason: v.optional(RunEndSchema),
  started: Seconds,
  ended: v.optional(Seconds),
  now: Seconds,
  link: v.picklist(["live", "lost", "reading", "over"]),
  tasks: TaskTallySchema,
  slots: Count,
  estimate: v.optional(EstimateSchema),
});

export const RunListSchema: SchemaOf<RunList> = v.object({ ...Part, runs: v.array(RunSummarySchema) });

export const RunDocumentSchema: SchemaOf<RunDocument> = v.object({
  id: v.string(),
  name: v.string(),
  prefix: v.string(),
  view: RunViewSchema,
  link: WatchLinkSchema,
  control: v.boolean(),
  isWorkflow: v.boolean(),
  reconstructed: v.boolean(),
  next: NextSchema,
  warnings: v.array(v.string()),
});

export const EngineListSchema: SchemaOf<EngineList> = v.object({ ...Part, engines: v.array(EngineViewSchema) });

export const ContextListSchema: SchemaOf<ContextList> = v.object({ ...Part, contexts: v.array(ContextStateSchema) });

export const TaskListSchema: SchemaOf<TaskList> = v.object({
  ...Part,
  tasks: v.array(TaskRowSchema),
  cursor: v.optional(v.string()),
});

const KeptStreamSchema = v.object({ bytes: Count, missing: Count, attempt: Count, isEarlierRun: v.boolean() });

export const TaskDocumentSchema: SchemaOf<TaskDocument> = v.object({
  row: TaskRowSchema,
  attempts: v.array(AttemptSchema),
  kept: v.object({ stdout: v.optional(KeptStreamSchema), stderr: v.optional(KeptStreamSchema) }),
  kind: v.optional(FailureKindSchema),
  next: NextSchema,
});

export const FailureListSchema: SchemaOf<FailureList> = v.object({ ...Part, kinds: v.array(FailureKindSchema) });

export const SeriesDocumentSchema: SchemaOf<SeriesDocument> = v.object({
  metric: v.picklist(METRICS),
  from: Seconds,
  step: Number,
  lines: v.array(v.object({ name: v.string(), values: v.array(v.nullable(Number)) })),
});

export const HistogramListSchema: SchemaOf<HistogramList> = v.object({
  ...Part,
  edges: v.array(Number),
  groups: v.array(
    v.object({
      name: v.string(),
      counts: v.array(Count),
      count: Count,
      failed: Count,
      p50: Number,
      p95: Number,
      longest: Number,
      others: v.optional(v.object({ count: Count, failed: Count, p50: Number })),
    }),
  ),
});

export const TimelineDocumentSchema: SchemaOf<TimelineDocument> = v.object({
  ...Part,
  from: Seconds,
  to: Seconds,
  px: Count,
  by: v.picklist(["slot", "node"]),
  reconstructed: v.boolean(),
  lanes: v.array(v.object({ node: Name, engine: v.optional(Count), slot: v.optional(Count) })),
  cells: v.pipe(v.string(), v.base64()),
  gaps: v.array(v.object({ from: Seconds, to: Seconds, why: v.picklist(["start", "barrier", "tail"]) })),
});

export const TimelineTaskSchema: SchemaOf<TimelineTask> = v.object({ task: v.optional(TaskRowSchema) });

export const GraphDocumentSchema: SchemaOf<GraphDocument> = v.object({
  name: v.string(),
  boxes: v.pipe(
    v.array(
      v.object({
        id: v.string(),
        templates: v.array(v.string()),
        column: Count,
        row: Count,
        counts: TemplateTallySchema.entries.counts,
        isGrowing: v.boolean(),
      }),
    ),
    v.maxLength(MOST_BOXES),
  ),
  edges: v.array(v.object({ from: v.string(), to: v.string() })),
  templates: v.array(TemplateTallySchema),
  truncated: v.boolean(),
  edgesTruncated: v.boolean(),
});

export const InstanceListSchema: SchemaOf<InstanceList> = v.object({
  ...Part,
  instances: v.array(v.object({ name: v.string(), state: v.picklist(INSTANCE_STATE_NAMES), task: v.optional(Count) })),
  cursor: v.optional(v.string()),
});

export const StopRequestSchema: SchemaOf<StopRequest> = v.variant("what", [
  v.strictObject({ what: v.literal("task"), id: Count }),
  v.strictObject({ what: v.literal("engine"), rank: Count }),
  v.strictObject({ what: v.literal("context"), label: Name }),
  v.strictObject({ what: v.literal("run"), kill: v.optional(v.boolean()) }),
]);

export const StoppedSchema: SchemaOf<Stopped> = v.object({ done: v.string() });

export const ProblemSchema: SchemaOf<Problem> = v.object({
  type: v.literal("about:blank"),
  title: v.string(),
  status: Count,
  detail: v.string(),
  code: v.string(),
});

const WholeSchema = v.object({ view: RunViewSchema, link: WatchLinkSchema });

/** What goes with each event. */
export const EVENT_SCHEMAS: { readonly [Name in keyof RunEvents]: SchemaOf<RunEvents[Name]> } = {
  snapshot: WholeSchema,
  resync: WholeSchema,
  delta: ViewChangeSchema,
  phase: v.object({ phase: Phase, reason: v.optional(RunEndSchema), link: WatchLinkSchema }),
  warning: v.object({ text: v.string() }),
  end: v.object({ view: RunViewSchema }),
};

/** An ending, as `KnownEndingSchema` checks it by hand. */
const DocumentedEnding = v.variant("type", [
  v.object({ type: v.literal("exited"), code: v.pipe(Count, v.maxValue(255)) }),
  v.object({ type: v.literal("signalled"), signal: v.pipe(Count, v.minValue(1), v.maxValue(99)) }),
  v.object({ type: v.literal("not-started"), errno: v.pipe(Count, v.minValue(1), v.maxValue(4095)) }),
  v.object({ type: v.literal("timed-out") }),
  v.object({ type: v.literal("out-of-memory"), used: Count, limit: Count }),
  v.object({ type: v.literal("given-up") }),
  v.object({ type: v.literal("stopped") }),
  v.object({ type: v.literal("unmet") }),
]);

/** What a task has used, as `UsageSchema` checks it by hand. */
const DocumentedUsage = v.object({
  cpu: v.pipe(v.number(), v.minValue(0)),
  peak: v.optional(v.pipe(v.number(), v.minValue(0))),
});

/** What the description of the API refers to by name, also where something is checked by hand. */
export const VOCABULARY: Vocabulary = {
  named: {
    RunView: RunViewSchema,
    EngineView: EngineViewSchema,
    FailureKind: FailureKindSchema,
    TaskTally: TaskTallySchema,
    TemplateTally: TemplateTallySchema,
    TaskRow: TaskRowSchema,
    Attempt: AttemptSchema,
    Ending: DocumentedEnding,
    TaskUsage: DocumentedUsage,
    WatchLink: WatchLinkSchema,
    ViewChange: ViewChangeSchema,
    Problem: ProblemSchema,
  },
  byHand: new Map<v.GenericSchema, string>([
    [KnownEndingSchema, "Ending"],
    [UsageSchema, "TaskUsage"],
  ]),
};

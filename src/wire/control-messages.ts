/**
 * Everything that a controller and the driver say to each other. A controller looks at a run, takes engines away, or
 * brings a context of its own: then it stays for as long as the engines that it has started.
 */

import * as v from "valibot";
import { InvitationSchema } from "./contact.ts";
import { Count, Name, parserOf, Seconds, type MessageParser } from "./messages.ts";

/** Raised when a message changes its meaning; both sides must name the same. */
export const CONTROL_PROTOCOL = 1;

const Text = v.pipe(v.string(), v.maxLength(4096));

const NodeSlotsSchema = v.object({
  node: Name,
  slots: v.pipe(Count, v.minValue(1)),
  coresPerSlot: v.pipe(Count, v.minValue(1)),
});

const ControllerMessageSchema = v.variant("type", [
  /** The first words of a controller. */
  v.object({ type: v.literal("hello"), protocol: Count }),
  v.object({ type: v.literal("status") }),
  /** What runs may finish, and nothing new starts: on one engine, in one context, in the run. */
  v.object({ type: v.literal("stop-engine"), rank: Count }),
  v.object({ type: v.literal("stop-context"), label: Name }),
  v.object({ type: v.literal("stop-run") }),
  /** `label`: missing when any will do. */
  v.object({
    type: v.literal("add-context"),
    label: v.optional(Name),
    nodes: v.pipe(v.array(NodeSlotsSchema), v.minLength(1), v.readonly()),
    taskLimit: Count,
  }),
  /** These engines of the context are being started; `elsewhere` when some of them call from other hosts. */
  v.object({
    type: v.literal("engines-started"),
    engines: v.array(v.object({ id: Name, node: Name, slots: v.pipe(Count, v.minValue(1)) })),
    elsewhere: v.boolean(),
  }),
  /** `certain` unless it was to be ended and its host cannot be reached. */
  v.object({ type: v.literal("engine-ended"), id: Name, reason: v.exactOptional(Text), certain: v.boolean() }),
]);

const TaskCountsSchema = v.object({
  total: v.exactOptional(Count),
  succeeded: Count,
  failed: Count,
  skipped: Count,
  running: Count,
});

const ContextStateSchema = v.object({
  label: Name,
  nodes: v.pipe(v.array(Name), v.readonly()),
  tasksLeft: v.exactOptional(Count),
  stopped: v.boolean(),
});

const EngineStateSchema = v.object({
  rank: Count,
  node: Name,
  pid: Count,
  context: Name,
  slots: Count,
  state: v.picklist(["starting", "ready", "left", "lost"]),
  running: Count,
  finished: Count,
  failed: Count,
});

const SnapshotSchema = v.object({
  jobId: v.string(),
  taskFile: v.string(),
  host: Name,
  pid: Count,
  started: Seconds,
  now: Seconds,
  phase: v.picklist(["running", "draining", "terminating", "ended"]),
  reason: v.exactOptional(Name),
  tasks: TaskCountsSchema,
  contexts: v.pipe(v.array(ContextStateSchema), v.readonly()),
  engines: v.pipe(v.array(EngineStateSchema), v.readonly()),
});

const DriverAnswerSchema = v.variant("type", [
  /** The answer to `hello`: what a context of this run has to know. */
  v.object({
    type: v.literal("welcome"),
    cwd: v.string(),
    prefix: v.string(),
    logLevel: Name,
    resources: v.pipe(v.array(v.string()), v.readonly()),
    /** What the first command line said, for contexts that do not say otherwise. */
    tasksPerNode: v.exactOptional(Count),
    cpusPerTask: v.exactOptional(Seconds),
  }),
  v.object({ type: v.literal("status"), snapshot: SnapshotSchema }),
  /** It is done; in words for people. */
  v.object({ type: v.literal("done"), message: Text }),
  /** It is not; in words for people. `code` is stable. */
  v.object({ type: v.literal("refused"), code: Name, message: Text }),
  /** The context is part of the run by this name; its engines may be started. */
  v.object({ type: v.literal("context-added"), label: Name }),
  /** The answer to `engines-started`. */
  v.object({
    type: v.literal("invitations"),
    here: InvitationSchema,
    elsewhere: v.optional(InvitationSchema),
  }),
  v.object({ type: v.literal("engine-joined"), id: Name, rank: Count, slots: Count }),
  /** The engine, and all of its tasks, have to be ended. */
  v.object({ type: v.literal("end-engine"), id: Name }),
  /** The last words of the driver. */
  v.object({ type: v.literal("run-ended") }),
]);

export type ControllerMessage = v.InferOutput<typeof ControllerMessageSchema>;
export type DriverAnswer = v.InferOutput<typeof DriverAnswerSchema>;

export const parseControllerMessage: MessageParser<ControllerMessage> = parserOf(ControllerMessageSchema);
export const parseDriverAnswer: MessageParser<DriverAnswer> = parserOf(DriverAnswerSchema);

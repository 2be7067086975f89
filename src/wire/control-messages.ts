/**
 * Everything that a controller and the driver say to each other. A controller looks at a run or watches it, takes engines away, or
 * brings a context of its own, whose engines it starts and ends at the driver's word: then it stays for as long as they do.
 */

import * as v from "valibot";
import { MOST_LISTED } from "../domain/errors.ts";
import { InvitationSchema } from "./contact.ts";
import { EngineTermsSchema } from "./engine-terms.ts";
import { FinishedTaskSchema } from "./result-messages.ts";
import {
  Count,
  IdRangesSchema,
  LONGEST_OUTPUT,
  MOST_PIECES,
  Name,
  OutputPieceSchema,
  parserOf,
  RunningTaskSchema,
  Seconds,
  type MessageParser,
} from "./messages.ts";
import { refuseDeepNesting } from "./nesting.ts";
import {
  ContextStateSchema,
  EngineSlotsSchema,
  EngineStates,
  Phase,
  RunViewSchema,
  TaskDetailSchema,
  TaskPageSchema,
  TaskQuerySchema,
  TemplatesSchema,
  ViewChangeSchema,
} from "./view-messages.ts";

/** Raised when a message changes its meaning; both sides must name the same. */
export const CONTROL_PROTOCOL = 7;

const Text = v.pipe(v.string(), v.maxLength(4096));

const NodeSlotsSchema = v.object({
  node: Name,
  slots: v.pipe(Count, v.minValue(1)),
  coresPerSlot: v.pipe(Count, v.minValue(1)),
  releasable: v.optional(v.boolean()),
});

/** Seconds that what runs may still take. */
const Within = v.optional(v.pipe(Seconds, v.minValue(0)));

const ControllerMessageSchema = v.variant("type", [
  /** The first words of a controller. */
  v.object({ type: v.literal("hello"), protocol: Count }),
  v.object({ type: v.literal("status") }),
  /** What runs may finish, `within` so many seconds, and nothing new starts: on one engine, in one context, in the run. */
  v.object({ type: v.literal("stop-engine"), rank: Count, within: Within }),
  v.object({ type: v.literal("stop-context"), label: Name, within: Within }),
  /** What still runs is ended where `kill` says so; where nothing is said, when the run is ending already. */
  v.object({ type: v.literal("stop-run"), kill: v.optional(v.boolean()) }),
  /** The task is ended now, or never started, and counts as failed. */
  v.object({ type: v.literal("stop-task"), id: Count }),
  /** To be told where the run stands: a `view` at once, and whatever `changed` from then on. */
  v.object({ type: v.literal("watch") }),
  /** Questions, each by a number that its answer has; several may be open. */
  v.object({ type: v.literal("tasks"), number: Count, query: TaskQuerySchema }),
  v.object({ type: v.literal("task"), number: Count, id: Count }),
  v.object({ type: v.literal("slots"), number: Count }),
  /** More tasks: whole lines of a task file, bytes as text, of which all are taken or none; and terms of these lines, as text. */
  v.object({ type: v.literal("submit"), number: Count, lines: v.string(), terms: v.optional(v.string()) }),
  /** No more tasks are to come, from anybody. */
  v.object({ type: v.literal("end-list"), number: Count }),
  /** To be told what comes of these tasks and barriers, or of all: at once of those that have finished, and of the others when they do. */
  v.object({ type: v.literal("wait"), number: Count, ids: v.optional(IdRangesSchema) }),
  /** To be told what these tasks print while they run, or all: blocks of `live-output` from now on. */
  v.object({ type: v.literal("follow-output"), ids: v.optional(IdRangesSchema) }),
  /**
   * `label`: missing when any will do, best one that begins with `stem`. `elsewhere`: some of its engines are to run on
   * other hosts than the driver.
   */
  v.object({
    type: v.literal("add-context"),
    label: v.optional(Name),
    stem: v.optional(Name),
    nodes: v.pipe(v.array(NodeSlotsSchema), v.minLength(1), v.readonly()),
    taskLimit: Count,
    elsewhere: v.boolean(),
  }),
  /** Said in place of that by a controller which has lost the run and found it again: it knows of these engines. */
  v.object({
    type: v.literal("keep-context"),
    label: Name,
    engines: v.pipe(v.array(Name), v.readonly()),
    elsewhere: v.boolean(),
  }),
  /**
   * How the process of an engine ended, as its launcher has it: `certain` unless only the connection to it is lost; `wanted` when
   * the user of the controller has ended it.
   */
  v.object({
    type: v.literal("engine-ended"),
    id: Name,
    reason: v.exactOptional(Text),
    certain: v.boolean(),
    wanted: v.exactOptional(v.literal(true)),
  }),
  /**
   * What became of an engine that was to be ended, at the driver's word or the user's. `certain`: nothing of it and of its tasks
   * is left; not known where its host cannot be reached.
   */
  v.object({ type: v.literal("engine-killed"), id: Name, certain: v.boolean() }),
]);

const TaskCountsSchema = v.object({
  total: v.optional(Count),
  succeeded: Count,
  failed: Count,
  skipped: Count,
  retrying: v.optional(Count),
  running: Count,
});

const EngineStateSchema = v.object({
  rank: Count,
  node: Name,
  pid: Count,
  context: Name,
  slots: Count,
  state: EngineStates,
  // Drivers of older versions do not say it.
  stopping: v.optional(v.boolean(), false),
  heldBack: v.optional(v.string()),
  running: Count,
  tasks: v.pipe(v.array(RunningTaskSchema), v.readonly()),
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
  phase: Phase,
  reason: v.optional(Name),
  takesTasks: v.optional(v.literal(true)),
  tasks: TaskCountsSchema,
  templates: v.optional(TemplatesSchema),
  contexts: v.pipe(v.array(ContextStateSchema), v.readonly()),
  engines: v.pipe(v.array(EngineStateSchema), v.readonly()),
});

/** What is wrong with lines that were refused, one by one. */
const DiagnosticsEntry = {
  diagnostics: v.optional(
    v.pipe(
      v.array(
        v.object({
          code: Name,
          severity: v.picklist(["error", "warning"]),
          place: v.object({ file: v.string(), line: Count, column: Count }),
          message: Text,
          hint: v.exactOptional(Text),
        }),
      ),
      v.maxLength(MOST_LISTED + 1),
    ),
  ),
};

const done = v.literal("done");
const refused = v.literal("refused");

/** The request is done; see `Done`. */
const DoneSchema = v.variant("what", [
  v.object({ type: done, what: v.literal("engine-stops"), rank: Count, within: v.optional(Seconds) }),
  v.object({ type: done, what: v.literal("context-stops"), label: Name, within: v.optional(Seconds) }),
  v.object({ type: done, what: v.literal("run-drains") }),
  v.object({ type: done, what: v.literal("run-terminates") }),
  v.object({ type: done, what: v.literal("task-stops"), id: Count }),
]);

/** The request is refused; see `Refusal`. */
const RefusedSchema = v.variant("code", [
  v.object({ type: refused, code: v.literal("no-such-engine"), rank: Count }),
  v.object({ type: refused, code: v.literal("no-such-context"), label: Name }),
  v.object({ type: refused, code: v.literal("label-in-use"), label: Name }),
  v.object({ type: refused, code: v.literal("no-such-task"), id: Count }),
  v.object({ type: refused, code: v.literal("task-settled"), id: Count }),
  v.object({ type: refused, code: v.literal("task-not-held"), id: Count }),
  v.object({ type: refused, code: v.literal("run-ending") }),
  v.object({ type: refused, code: v.literal("second-context") }),
  v.object({ type: refused, code: v.literal("cannot-listen"), cause: Text }),
  v.object({ type: refused, code: v.literal("too-many-controllers"), most: Count }),
  /** The controller speaks another protocol. In words, and so in all protocols: it knows of no other answer. */
  v.object({ type: refused, code: v.literal("wrong-protocol"), message: Text }),
]);

const DriverAnswerSchema = v.variant("type", [
  /** The answer to `hello`: what a context of this run has to know. */
  v.object({
    type: v.literal("welcome"),
    terms: EngineTermsSchema,
    /** What the first command line said, for contexts that do not say otherwise. */
    tasksPerNode: v.optional(Count),
    cpusPerTask: v.optional(Seconds),
  }),
  v.object({ type: v.literal("status"), snapshot: SnapshotSchema }),
  DoneSchema,
  RefusedSchema,
  /** To those who watch: where the run stands, at first and again when they have not kept up. */
  v.object({ type: v.literal("view"), view: RunViewSchema }),
  /** What has changed since the last view or change, four times a second at most. */
  v.object({ type: v.literal("changed"), change: ViewChangeSchema }),
  /** Answers to the questions of these numbers. In pages long commands are cut. */
  v.object({ type: v.literal("task-page"), number: Count, page: TaskPageSchema }),
  v.object({ type: v.literal("task-detail"), number: Count, detail: v.optional(TaskDetailSchema) }),
  v.object({ type: v.literal("engine-slots"), number: Count, engines: v.array(EngineSlotsSchema) }),
  /** The lines are on record: they have made so many tasks and barriers, with ids from the first on. */
  v.object({ type: v.literal("submitted"), number: Count, first: Count, count: Count }),
  v.object({ type: v.literal("list-ended"), number: Count }),
  /** What has come of some that are waited for; more follows. */
  v.object({ type: v.literal("finished"), number: Count, tasks: v.pipe(v.array(FinishedTaskSchema), v.readonly()) }),
  /** All that were waited for by their ids have finished. */
  v.object({ type: v.literal("all-finished"), number: Count }),
  v.object({ type: v.literal("no-answer"), number: Count, code: Name, message: Text, ...DiagnosticsEntry }),
  /** The context is part of the run by this name; so its engines are invited. `elsewhere` when that was asked for. */
  v.object({
    type: v.literal("context-added"),
    label: Name,
    here: InvitationSchema,
    elsewhere: v.exactOptional(InvitationSchema),
  }),
  /** An engine that goes by this id is to be started on this node, counted from 0; also in place of one that has ended. */
  v.object({ type: v.literal("start-engine"), id: Name, node: Count }),
  v.object({ type: v.literal("engine-joined"), id: Name, rank: Count, slots: Count }),
  /** The engine, and all of its tasks, have to be ended. */
  v.object({ type: v.literal("end-engine"), id: Name }),
  /** The engine is no more, and none is to be started in its place. */
  v.object({ type: v.literal("engine-over"), id: Name }),
  /** To those who follow: what tasks have printed, as engines say it; other tasks than theirs may be among them. */
  v.object({
    type: v.literal("live-output"),
    pieces: v.pipe(v.array(OutputPieceSchema), v.maxLength(MOST_PIECES)),
    data: v.pipe(v.string(), v.maxLength(LONGEST_OUTPUT)),
  }),
  /** The last words of the driver. */
  v.object({ type: v.literal("run-ended") }),
]);

export type ControllerMessage = v.InferOutput<typeof ControllerMessageSchema>;
export type DriverAnswer = v.InferOutput<typeof DriverAnswerSchema>;

/** What a context is to be called: that, or by any name that is free and begins so. */
export type ContextName = Pick<Extract<ControllerMessage, { type: "add-context" }>, "label" | "stem">;

const parseShallowMessage = parserOf(ControllerMessageSchema);

/** Whoever may look at a run has the same certificate as who may change it, and is not to hold it up. */
export const parseControllerMessage: MessageParser<ControllerMessage> = (text) => {
  refuseDeepNesting(text);
  return parseShallowMessage(text);
};
export const parseDriverAnswer: MessageParser<DriverAnswer> = parserOf(DriverAnswerSchema);

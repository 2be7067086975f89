/**
 * Everything that driver and engine say to each other, both directions in this one file. A message is checked against
 * its schema once, where it arrives.
 */

import * as v from "valibot";
import { STREAMS } from "../domain/output.ts";
import { EndingSchema, hasPidOfItsEnding } from "./ending.ts";
import { TaskTerms, termsOfText } from "../domain/terms/task-terms.ts";
import { LATEST_RECORDED, MOST_RECORDED, type TaskUsage } from "../domain/result.ts";
import type { IdRange } from "../domain/run-results.ts";
import type { RunningTask, TaskSetting } from "../domain/task.ts";
import { isTaskOutputs, MadeSchema } from "./task-files.ts";

/** Raised when a message changes its meaning; both sides must name the same. */
export const PROTOCOL = 8;

export const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Whole = v.pipe(v.number(), v.safeInteger());
export const Seconds = v.pipe(v.number(), v.finite());
export const Amount = v.pipe(v.number(), v.finite(), v.minValue(0));
/** Characters of the text of terms: every word once, and many resources. */
const MOST_TERMS = 16_384;
export const Name = v.pipe(v.string(), v.maxLength(1024));

/** Terms are checked and made once for each text, not for each task. */
const TermsSchema = v.pipe(
  v.string(),
  v.maxLength(MOST_TERMS),
  v.transform(termsOfText),
  v.instance(TaskTerms, "Invalid terms"),
);

const CapacitySchema = v.object({
  cores: Amount,
  coresPerSlot: Amount,
  memory: v.optional(Amount),
  gpus: Count,
  named: v.record(Name, Amount),
  mostTasks: v.pipe(Count, v.minValue(1)),
});

/** Which try of a task it is, counted from 1, and what came of those before. */
export const TryEntries = { attempt: Count, failures: v.optional(Count), lastEnding: v.optional(EndingSchema) };

/** Characters of the name of a task: more than a path of axes and their values has. */
const LONGEST_NAME = 65_536;

/** How a task is started. It is checked by hand, since one stands in every assignment of a workflow. */
const SettingSchema = v.custom<TaskSetting>(isSetting, "Invalid setting");

function isSetting(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("env" in value) || !isVariables(value.env)) return false;
  if ("workdir" in value && typeof value.workdir !== "string") return false;
  if ("isAwaited" in value && typeof value.isAwaited !== "boolean") return false;
  if ("isHeard" in value && typeof value.isHeard !== "boolean") return false;
  if ("outputs" in value && !isTaskOutputs(value.outputs)) return false;
  return !("argv" in value) || isArguments(value.argv);
}

function isVariables(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((one) => typeof one === "string");
}

/** A program, and its arguments. */
function isArguments(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string");
}

export const TaskSchema = v.object({
  kind: v.literal("task"),
  id: Count,
  line: Count,
  repeatIndex: Whole,
  command: v.string(),
  terms: v.optional(TermsSchema),
  name: v.optional(v.pipe(v.string(), v.maxLength(LONGEST_NAME))),
  setting: v.optional(SettingSchema),
});

/** A task that an engine is given, or has. */
const AssignmentSchema = v.object({ task: TaskSchema, ...TryEntries });

export const PerEngineSchema = v.object({
  kind: v.literal("per-engine"),
  when: v.picklist(["start", "stop"]),
  id: Count,
  line: Count,
  command: v.string(),
});

/** What goes into records, as it comes from engines: a lie may stand there, but has to leave the lines around it whole. */
const RecordedCount = v.pipe(Count, v.maxValue(MOST_RECORDED));
const RecordedWhole = v.pipe(Whole, v.minValue(-MOST_RECORDED), v.maxValue(MOST_RECORDED));
export const RecordedTime = v.pipe(Seconds, v.minValue(-LATEST_RECORDED), v.maxValue(LATEST_RECORDED));
const NodeName = v.pipe(Name, v.regex(/^\P{Cc}*$/u));

const LeakSchema = v.object({ bytes: RecordedCount, snippet: v.pipe(v.string(), v.maxLength(512)) });

/** What a task has used. It is checked by hand, since one stands in every result. */
export const UsageSchema = v.custom<TaskUsage>(isUsage, "Invalid usage");

function isUsage(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("cpu" in value)) return false;
  return isAmount(value.cpu, LATEST_RECORDED) && (!("peak" in value) || isAmount(value.peak, MOST_RECORDED));
}

function isAmount(value: unknown, most: number): boolean {
  return typeof value === "number" && value >= 0 && value <= most;
}

const OutcomeEntries = {
  pid: RecordedWhole,
  ending: EndingSchema,
  start: RecordedTime,
  finish: RecordedTime,
  output: LeakSchema,
  error: LeakSchema,
  usage: v.optional(UsageSchema),
  made: v.optional(MadeSchema),
};
const PID_OF_ENDING = "Invalid ending: the process id is of another kind";

/** How one run of a command ended. */
export const OutcomeSchema = v.pipe(
  v.object(OutcomeEntries),
  v.check((outcome) => hasPidOfItsEnding(outcome), PID_OF_ENDING),
);

const ResultSchema = v.pipe(
  v.object({
    taskId: RecordedCount,
    attempt: RecordedCount,
    node: NodeName,
    engine: RecordedCount,
    slot: RecordedWhole,
    ...OutcomeEntries,
  }),
  v.check((result) => hasPidOfItsEnding(result), PID_OF_ENDING),
);

/** Numbers what has to arrive, and arrive once, from 1; it is said again until the driver has acknowledged it. */
const Sequence = v.pipe(Count, v.minValue(1));

/** A task that runs; what it holds goes into records. */
export const RunningTaskSchema: v.GenericSchema<unknown, RunningTask> = v.object({
  taskId: RecordedCount,
  attempt: RecordedCount,
  slot: RecordedCount,
  start: RecordedTime,
});

/** Bytes that a task has printed; see `OutputPiece`. */
export const OutputPieceSchema = v.object({
  taskId: RecordedCount,
  attempt: RecordedCount,
  stream: v.picklist(STREAMS),
  from: RecordedCount,
  length: RecordedCount,
  start: v.optional(RecordedCount),
  bytes: v.optional(RecordedCount),
  failed: v.optional(v.boolean()),
});

/** Ranges of ids in one message. */
const MOST_RANGES = 100_000;

export const IdRangesSchema: v.GenericSchema<unknown, readonly IdRange[]> = v.pipe(
  v.array(v.object({ from: Count, to: Count })),
  v.maxLength(MOST_RANGES),
);

const FinishedTaskSchema = v.object({ taskId: Count, failed: v.boolean() });

/** Pieces in one message, and characters of their bytes: beyond that nobody gathers them. */
export const MOST_PIECES = 4096;
export const LONGEST_OUTPUT = 1024 * 1024;
/** Characters of what a heard task has printed in one message. */
const LONGEST_PRINTED = 128 * 1024;

const EngineMessageSchema = v.variant("type", [
  /** The first words of an engine, each time that it calls. */
  v.object({
    type: v.literal("hello"),
    protocol: Whole,
    engineId: Name,
    context: Name,
    node: NodeName,
    pid: Count,
    slots: v.pipe(Count, v.minValue(1)),
    capacity: v.optional(CapacitySchema),
    /** Until its machine is taken away, where there is such a time. */
    secondsLeft: v.optional(v.pipe(Seconds, v.minValue(0))),
    warnings: v.array(v.string()),
    /** The engine has called before; what was not acknowledged comes next, and then its `report`. */
    again: v.boolean(),
  }),
  /** What an engine is going to repeat that has called again is about these tasks, which have ended. */
  v.object({ type: v.literal("ended"), tasks: v.array(AssignmentSchema) }),
  /** Where an engine stands that has called again: it holds these tasks, running or not, and no others. */
  v.object({
    type: v.literal("report"),
    held: v.array(AssignmentSchema),
    /** The engine has been told its rank and the start commands. */
    welcomed: v.boolean(),
    ready: v.boolean(),
    /** The engine starts nothing more. */
    leaving: v.boolean(),
  }),
  /** A sign of life; the driver answers with the same number. */
  v.object({ type: v.literal("beat"), number: Count }),
  /** Its start commands are done; it can take tasks. */
  v.object({ type: v.literal("ready") }),
  /** Something that the user should know, in one line. */
  v.object({ type: v.literal("warning"), message: Name }),
  /**
   * Tasks that have been started since the last look, four times a second, and have not ended; after a `report` all that run.
   */
  v.object({ type: v.literal("started"), tasks: v.array(RunningTaskSchema) }),
  /** Tasks that have ended, and whose slots are free. Whether they were interrupted is not certain yet; `results` follow when it is. */
  v.object({ type: v.literal("finished"), tasks: v.array(FinishedTaskSchema) }),
  /** `interrupted` results are of tasks that were ended because their engine or the run is to end. */
  v.object({
    type: v.literal("results"),
    sequence: Sequence,
    results: v.array(ResultSchema),
    interrupted: v.boolean(),
  }),
  v.object({
    type: v.literal("per-engine-result"),
    sequence: Sequence,
    command: PerEngineSchema,
    result: ResultSchema,
  }),
  /**
   * What tasks have printed: pieces, and their bytes compressed by zlib, in Base64. Numbered by itself, from 1, and said again until
   * the driver has taken it, so that no result waits for it. `live`: it is for those who follow a task that runs, and not kept.
   */
  v.object({
    type: v.literal("output"),
    number: Sequence,
    live: v.boolean(),
    pieces: v.pipe(v.array(OutputPieceSchema), v.maxLength(MOST_PIECES)),
    data: v.pipe(v.string(), v.maxLength(LONGEST_OUTPUT)),
  }),
  /**
   * What a heard task has printed on stdout, from this byte on, in Base64. What the driver may not have had comes again when it has
   * been called again. `end`: this was the last of it, and the task has ended, well or not; its outcome waits for the answer.
   */
  v.object({
    type: v.literal("printed"),
    taskId: Count,
    attempt: Count,
    from: RecordedCount,
    data: v.pipe(v.string(), v.maxLength(LONGEST_PRINTED)),
    end: v.optional(v.picklist(["well", "ill"])),
  }),
  /** The answer to `recall`: these were never started. */
  v.object({ type: v.literal("returned"), taskIds: v.array(Count) }),
  /** The answer to `stop-task`, of a task that was never started and now is not going to be. */
  v.object({ type: v.literal("not-started"), taskId: Count }),
  /** It starts no task for now, for this reason; without one it does again. */
  v.object({ type: v.literal("held-back"), reason: v.optional(Name) }),
  /** Somebody wants it to leave: it starts nothing more, and gives back what it has not started. */
  v.object({ type: v.literal("draining"), reason: Name }),
  /** The last words of an engine; it waits for `farewell`. */
  v.object({
    type: v.literal("goodbye"),
    /** Why it leaves, when nobody told it to. */
    reason: v.optional(v.pipe(v.string(), v.maxLength(512))),
    /** Its lease has ended, and it has ended its tasks. */
    fenced: v.boolean(),
  }),
]);

const DriverMessageSchema = v.variant("type", [
  v.object({
    type: v.literal("welcome"),
    engine: Count,
    /** DISBATCH_JOBID and what else is the same for every task. */
    env: v.record(v.string(), v.string()),
    start: v.array(PerEngineSchema),
    stop: v.array(PerEngineSchema),
  }),
  v.object({
    type: v.literal("assign"),
    assignments: v.array(AssignmentSchema),
  }),
  v.object({ type: v.literal("recall") }),
  /** Ends this task, if it has not ended: TERM, and KILL after `grace` seconds. How it ends is its outcome. */
  v.object({ type: v.literal("stop-task"), taskId: Count, attempt: Count, grace: v.pipe(Seconds, v.minValue(0)) }),
  /** To leave when what it holds has ended; what runs longer than so many seconds is ended. */
  v.object({ type: v.literal("dismiss"), within: v.optional(v.pipe(Seconds, v.minValue(0))) }),
  /** Ends all tasks: TERM, and KILL after `grace` seconds. */
  v.object({ type: v.literal("terminate"), grace: v.pipe(Seconds, v.minValue(0)) }),
  /** The answer to a `beat`. */
  v.object({ type: v.literal("beat"), number: Count }),
  /** Everything up to this number has been recorded. */
  v.object({ type: v.literal("ack"), sequence: Sequence }),
  /** The output of this number has been taken. */
  v.object({ type: v.literal("output-taken"), number: Sequence }),
  /**
   * The answer to `printed`: so many bytes of the attempt have come, and so many need not be said again. `refused`: the task is to be
   * ended, and has failed, for this reason. `closed`: its end has been heard.
   */
  v.object({
    type: v.literal("printed-taken"),
    taskId: Count,
    attempt: Count,
    received: Count,
    safe: Count,
    closed: v.boolean(),
    refused: v.optional(Name),
  }),
  /** From now on, to be told at once what these tasks print; with no ids what all print; and nothing more where `on` is false. */
  v.object({ type: v.literal("follow-output"), on: v.boolean(), ids: v.optional(IdRangesSchema) }),
  /** The answer to `goodbye`. */
  v.object({ type: v.literal("farewell") }),
]);

export type EngineMessage = v.InferOutput<typeof EngineMessageSchema>;
/** A task that has ended, as far as its slot goes. */
export type FinishedTask = v.InferOutput<typeof FinishedTaskSchema>;
export type DriverMessage = v.InferOutput<typeof DriverMessageSchema>;

/** A check of one direction's messages. @throws Error when the text is not such a message. */
export type MessageParser<M> = (text: string) => M;

export const parseEngineMessage: MessageParser<EngineMessage> = parserOf(EngineMessageSchema);
export const parseDriverMessage: MessageParser<DriverMessage> = parserOf(DriverMessageSchema);

/** A check by a schema. */
export function parserOf<M>(schema: v.GenericSchema<unknown, M>): MessageParser<M> {
  return (text) => {
    const result = v.safeParse(schema, JSON.parse(text), { abortEarly: true, abortPipeEarly: true });
    if (result.success) return result.output;
    const [issue] = result.issues;
    throw new Error(`not a valid message: ${issue.message} at ${v.getDotPath(issue) ?? "the top"}`);
  };
}

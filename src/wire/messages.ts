/**
 * Everything that driver and engine say to each other, both directions in this one file. A message is checked against
 * its schema once, where it arrives.
 */

import * as v from "valibot";

/** Raised when a message changes its meaning; both sides must name the same. */
export const PROTOCOL = 1;

export const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Whole = v.pipe(v.number(), v.safeInteger());
export const Seconds = v.pipe(v.number(), v.finite());
export const Name = v.pipe(v.string(), v.maxLength(1024));

const TaskSchema = v.object({
  kind: v.literal("task"),
  id: Count,
  line: Count,
  repeatIndex: Whole,
  command: v.string(),
});

const PerEngineSchema = v.object({
  kind: v.literal("per-engine"),
  when: v.picklist(["start", "stop"]),
  id: Count,
  line: Count,
  command: v.string(),
});

const LeakSchema = v.object({ bytes: Count, snippet: v.pipe(v.string(), v.maxLength(512)) });

const ResultSchema = v.object({
  taskId: Count,
  attempt: Count,
  node: Name,
  engine: Count,
  slot: Whole,
  pid: Whole,
  returnCode: Whole,
  start: Seconds,
  finish: Seconds,
  output: LeakSchema,
  error: LeakSchema,
});

const EngineMessageSchema = v.variant("type", [
  /** The first words of an engine. */
  v.object({
    type: v.literal("hello"),
    protocol: Whole,
    engineId: Name,
    context: Name,
    node: Name,
    pid: Count,
    slots: v.pipe(Count, v.minValue(1)),
    warnings: v.array(v.string()),
  }),
  /** Its start commands are done; it can take tasks. */
  v.object({ type: v.literal("ready") }),
  /** `interrupted` results are of tasks that were ended because the run is being stopped. */
  v.object({ type: v.literal("results"), results: v.array(ResultSchema), interrupted: v.boolean() }),
  v.object({ type: v.literal("per-engine-result"), when: v.picklist(["start", "stop"]), result: ResultSchema }),
  /** The answer to `recall`: these were never started. */
  v.object({ type: v.literal("returned"), taskIds: v.array(Count) }),
  /** The last words of an engine. */
  v.object({
    type: v.literal("goodbye"),
    /** Why it leaves, when nobody told it to. */
    reason: v.optional(v.pipe(v.string(), v.maxLength(512))),
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
    assignments: v.array(v.object({ task: TaskSchema, attempt: Count })),
  }),
  v.object({ type: v.literal("recall") }),
  v.object({ type: v.literal("dismiss") }),
  /** Ends all tasks: TERM, and KILL after `grace` seconds. */
  v.object({ type: v.literal("terminate"), grace: v.pipe(Seconds, v.minValue(0)) }),
]);

export type EngineMessage = v.InferOutput<typeof EngineMessageSchema>;
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

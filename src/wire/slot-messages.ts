/**
 * Everything that an engine and its slot processes say to each other, both directions in this one file. A message is checked
 * against its schema once, where it arrives. Both sides are the same program, so there is no version to agree on.
 */

import * as v from "valibot";
import {
  Count,
  Name,
  type MessageParser,
  OutcomeSchema,
  parserOf,
  PerEngineSchema,
  RecordedTime,
  Seconds,
  TaskSchema,
  TryEntries,
} from "./messages.ts";

/** Less than that would mean a group, or everybody, when it is signalled. */
const Pid = v.pipe(Count, v.minValue(1));
const Variables = v.record(v.string(), v.string());

/** The end of what was written to a stream, in Base64, and how much that was in all. */
const StreamSchema = v.optional(v.object({ bytes: Count, tail: v.string() }));
const KeptSchema = v.object({ stdout: StreamSchema, stderr: StreamSchema });
const PartSchema = v.object({ from: Count, data: v.string() });
const HeardSchema = v.object({ from: Count, data: v.string(), bytes: Count });

const SlotMessageSchema = v.variant("type", [
  /** The first words of a slot process: who it is, and what its share of the node is. */
  v.object({
    type: v.literal("hello"),
    slot: v.pipe(Count, v.minValue(1)),
    pid: Pid,
    /** The processors that it may use, as the system writes them; empty where that is unknown. */
    affinity: v.string(),
    env: Variables,
  }),
  /** What it was told to run, by its number, has a process now, which was started at this Unix time in seconds. */
  v.object({ type: v.literal("started"), number: Count, pid: Pid, start: RecordedTime }),
  /** What it was told to run has ended, or could not be started. */
  v.object({ type: v.literal("ended"), number: Count, outcome: OutcomeSchema, kept: v.optional(KeptSchema) }),
  /** The answer to `print`. */
  v.object({ type: v.literal("printed"), number: Count, stdout: PartSchema, stderr: PartSchema }),
  /** The answer to `hear`. */
  v.object({ type: v.literal("heard"), number: Count, stdout: HeardSchema }),
  /** Something that the user should know, in one line. */
  v.object({ type: v.literal("warning"), message: Name }),
  /** The answer to `abandon`: what has no process yet is not going to have one. */
  v.object({ type: v.literal("abandoned") }),
]);

const SlotOrderSchema = v.variant("type", [
  /** What there is to know before the first task. */
  v.object({
    type: v.literal("furnish"),
    /** Rank of the engine. */
    engine: Count,
    /** What all tasks of this slot have in their environment beyond what the slot process itself was given. */
    env: Variables,
  }),
  v.object({
    type: v.literal("run"),
    /** Unlike that of any other that runs there. */
    number: Count,
    item: v.variant("kind", [TaskSchema, PerEngineSchema]),
    ...TryEntries,
    given: v.optional(v.object({ variables: Variables, before: v.array(v.string()) })),
  }),
  /** What has no process yet is not to have one. */
  v.object({ type: v.literal("abandon"), number: Count }),
  /** To be told what the task has printed so far, from these bytes on, and no more than `most` of each stream. */
  v.object({ type: v.literal("print"), number: Count, stdout: Count, stderr: Count, most: Count }),
  /** To be told what a heard task has printed on stdout, from this byte on; what comes before `safe` is not asked for again. */
  v.object({ type: v.literal("hear"), number: Count, from: Count, safe: Count, most: Count }),
  /** Nobody asks any more what the heard task has printed, which has ended. */
  v.object({ type: v.literal("let-go"), number: Count }),
  /** What runs is to end when the machine has been up for so many seconds; missing when there is no such time. */
  v.object({ type: v.literal("keep"), until: v.optional(Seconds) }),
  /** The slot process is not needed any more. */
  v.object({ type: v.literal("goodbye") }),
]);

/** What a slot process says. */
export type SlotMessage = v.InferOutput<typeof SlotMessageSchema>;
/** What its engine says to it. */
export type SlotOrder = v.InferOutput<typeof SlotOrderSchema>;

export const parseSlotMessage: MessageParser<SlotMessage> = parserOf(SlotMessageSchema);
export const parseSlotOrder: MessageParser<SlotOrder> = parserOf(SlotOrderSchema);

/** What a driver tells those who wait for tasks. */

import * as v from "valibot";
import type { FinishedTask } from "../domain/finished-task.ts";
import { KnownEndingSchema } from "./ending.ts";
import { Count, Seconds, UsageSchema } from "./messages.ts";

/** Longest snippet of what a task has written. */
const LONGEST_SNIPPET = 4096;

const Whole = v.pipe(v.number(), v.safeInteger());

const LeakSchema = v.object({ bytes: Count, snippet: v.pipe(v.string(), v.maxLength(LONGEST_SNIPPET)) });

export const FinishedTaskSchema: v.GenericSchema<unknown, FinishedTask> = v.object({
  kind: v.picklist(["task", "skipped", "barrier", "check-barrier"]),
  id: Count,
  line: Count,
  repeatIndex: Whole,
  command: v.string(),
  succeeded: v.boolean(),
  ending: v.optional(KnownEndingSchema),
  returnCode: Whole,
  node: v.string(),
  pid: Whole,
  attempts: v.optional(Count),
  start: Seconds,
  finish: Seconds,
  elapsed: Seconds,
  output: LeakSchema,
  error: LeakSchema,
  usage: v.optional(UsageSchema),
  flags: v.string(),
});

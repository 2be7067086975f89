import * as v from "valibot";

/** What an engine under watch is told to do, each as a line of JSON. */
export const EngineOrder = v.variant("type", [
  /** Starts a task, which bash runs; with the engine's mark unless it is given another. */
  v.object({ type: v.literal("task"), script: v.string(), mark: v.optional(v.string()) }),
  /** The same, but it is said how the task ends, and whether the watchdog has acted by then. */
  v.object({ type: v.literal("followed-task"), script: v.string() }),
  /** The watchdog is told of so many deadlines, one after the other, at all distances up to a tenth of a millisecond. */
  v.object({ type: v.literal("beats"), count: v.number(), seconds: v.number() }),
  /** The watchdog is told of a deadline, in seconds by the boot clock. */
  v.object({ type: v.literal("until"), seconds: v.number() }),
  v.object({ type: v.literal("forever") }),
  /** The watchdog is let go; `closed` is said when it is gone. */
  v.object({ type: v.literal("close") }),
]);

export type EngineOrder = v.InferOutput<typeof EngineOrder>;

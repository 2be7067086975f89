/**
 * The library: what `import { DisBatcher, run } from "disbatch"` gives. It has no console, handles no signals, and never ends the
 * program.
 */
export { DisBatcher } from "./disbatcher.ts";
export { DisBatchError } from "./errors.ts";
export { run } from "./run.ts";
export type { BegunRun } from "./begun-run.ts";
export type { MissedEvents } from "./missed-events.ts";
export type { Outcome } from "./outcome.ts";
export type { RunOptions } from "./run.ts";
export type { DisBatcherSettings } from "./settings.ts";
export type { SubmittedLines } from "./submitted-lines.ts";
export type { Ending } from "../domain/ending.ts";
export type { Diagnostic, Place } from "../domain/errors.ts";
export type { RunEnd, RunEvent } from "../domain/events.ts";
export type { RetryFields, TermFields } from "../domain/terms/fields.ts";
export type { FinishedTask } from "../domain/finished-task.ts";
export type { Leak } from "../domain/result.ts";

import type { CommandOutcome } from "../../domain/result.ts";

/**
 * What a line of the status file is about.
 *
 * - `task`: the outcome of a task that was run.
 * - `per-engine`: one engine's run of a per-engine command.
 * - `skipped`: a task that was not run because an earlier run's status file has its outcome.
 * - `superseded`: a result that came after the task had been given up on that engine.
 * - `barrier`, `check-barrier`: a barrier that was passed.
 */
export type RecordKind = "task" | "per-engine" | "skipped" | "superseded" | "barrier" | "check-barrier";

/** What a line says of how a command ended. */
export interface RecordedOutcome extends Omit<CommandOutcome, "ending"> {
  /** Host name of the engine; of the driver for barriers. */
  readonly node: string;
  /** The ending, as `return-code.ts` makes a number of it. */
  readonly returnCode: number;
}

/** One line of a status file. A barrier starts when it is met. */
export interface StatusRecord extends RecordedOutcome {
  readonly kind: RecordKind;
  /** TaskID. */
  readonly id: number;
  /** LineNum. */
  readonly line: number;
  /** RepeatIndex; -1 when not repeated. */
  readonly repeatIndex: number;
  /** Bytes as text; the directive's line for barriers. */
  readonly command: string;
}

/** The line that names the columns. */
export const HEADER_LINE =
  "ROE[ PSZ]\tTaskID\tLineNum\tRepeatIndex\tNode\tPID\tReturnCode\tElapsed\tStart\tFinish\t" +
  "BytesOfLeakedOutput\tOutputSnippet\tBytesOfLeakedError\tErrorSnippet\tCommand";

import { EXIT, type ExitCode } from "./exit-codes.ts";

/** A place in a text file; line and column count from 1, columns in bytes. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing wrong with a task file or a status file, as a value. */
export interface Diagnostic {
  /** Stable, for scripts and tests: for example `unknown-directive`. */
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly place: Place;
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** Diagnostics of one file that are listed one by one; of a file with more mistakes nobody reads them all. */
export const MOST_LISTED = 100;

/** `FILE:LINE:COL: error: message (hint)`, on one line. */
export function formatDiagnostic(d: Diagnostic): string {
  return `${d.place.file}:${d.place.line}:${d.place.column}: ${d.severity}: ${withHint(d)}`;
}

/** `message (hint)`, where the place is told in another way. */
export function withHint({ message, hint }: Pick<Diagnostic, "message" | "hint">): string {
  return hint === undefined ? message : `${message} (${hint})`;
}

/** What went wrong, for people: one line, or one for each diagnostic; a stack trace only for a bug. */
export function describeError(error: unknown): string {
  if (error instanceof UserError) {
    return error.diagnostics.length > 0 ? error.diagnostics.map(formatDiagnostic).join("\n") : error.message;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/**
 * Something the user did or must deal with. Shown as one line (or one line for each diagnostic), never with a stack
 * trace. Everything else that is thrown is a bug.
 */
export class UserError extends Error {
  /** Stable, for scripts and tests. */
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly diagnostics: readonly Diagnostic[];

  constructor(
    code: string,
    message: string,
    options: { exitCode?: ExitCode; diagnostics?: readonly Diagnostic[]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "UserError";
    this.code = code;
    this.exitCode = options.exitCode ?? EXIT.usage;
    this.diagnostics = options.diagnostics ?? [];
  }
}

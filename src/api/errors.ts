import { describeError, type Diagnostic, UserError } from "../domain/errors.ts";
import type { Outcome } from "./outcome.ts";

/** What the library throws and rejects with, but for bugs and for parameters of wrong types (TypeError). */
export class DisBatchError extends Error {
  /** Stable, for programs: `list-ended`, `task-file-refused`, `no-engines`. All of them stand in docs/reference/error-codes.md. */
  readonly code: string;
  /** What is wrong with submitted lines, one by one; empty for all other errors. */
  readonly diagnostics: readonly Diagnostic[];
  /** How the run ended; undefined unless that is the error. */
  readonly outcome: Outcome | undefined;

  constructor(
    code: string,
    message: string,
    more: { diagnostics?: readonly Diagnostic[]; outcome?: Outcome; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = "DisBatchError";
    this.code = code;
    this.diagnostics = more.diagnostics ?? [];
    this.outcome = more.outcome;
  }
}

/**
 * The error as users of the library get it: one of a user with its code, and a bug as it is.
 *
 * @param inItsWords puts its message into the program's words.
 */
export function typed(error: unknown, inItsWords = (message: string): string => message): unknown {
  if (!(error instanceof UserError)) return error;
  const { code, diagnostics, cause } = error;
  return new DisBatchError(code, inItsWords(describeError(error)), { diagnostics, cause });
}

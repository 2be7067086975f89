import { describeError, type Diagnostic, formatDiagnostic, UserError } from "../domain/errors.ts";
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

/** Puts a message about options into the words that the program has used. */
export type InItsWords = (message: string) => string;

/** The error as users of the library get it: one of a user with its code, and a bug as it is. */
export function typed(error: unknown, inItsWords: InItsWords = (message) => message): unknown {
  if (!(error instanceof UserError)) return error;
  const { code, cause } = error;
  // Whatever else is in a diagnostic may be a command of the program's.
  const diagnostics = error.diagnostics.map((one) =>
    one.hint === undefined ? one : { ...one, hint: inItsWords(one.hint) },
  );
  const message =
    diagnostics.length > 0 ? diagnostics.map(formatDiagnostic).join("\n") : inItsWords(describeError(error));
  return new DisBatchError(code, message, { diagnostics, cause });
}

import type { Diagnostic } from "../../domain/errors.ts";

/**
 * A warning for lines of a ledger that cannot be read: torn by a crash, or of something else.
 *
 * @param what the kind of ledger.
 * @param line the first such line, from 1.
 */
export function foreignLines(what: "status file" | "journal", file: string, line: number, count: number): Diagnostic {
  const lines = count === 1 ? "this line is" : `this is the first of ${count} lines that are`;
  return {
    code: what === "journal" ? "foreign-journal-line" : "foreign-status-line",
    severity: "warning",
    place: { file, line, column: 1 },
    message: `${lines} torn or not of a ${what}; not counted`,
  };
}

import { UserError } from "../../domain/errors.ts";
import { atOnePlace } from "../../domain/terms/contradiction.ts";
import { placeTerms } from "../../domain/terms/read-terms.ts";
import { mergeTerms, type TaskTerms } from "../../domain/terms/task-terms.ts";
import type { Reading } from "../taskfile/parser.ts";

/** A directive for the terms of later lines. */
const DIRECTS_TERMS = /^#DISBATCH [Tt][Ee][Rr][Mm][Ss](?:\s|$)/m;

/**
 * Lines between two directives: one that gives them terms, and one that has later lines go on as before. There is one line more
 * before them, and one behind them.
 *
 * @param lines each with its newline.
 * @param terms of these lines, in the words of task files.
 * @param standing those of the last directive before them.
 * @throws UserError `bad-terms`.
 */
export function linesWithTerms(
  lines: string,
  terms: string,
  standing: TaskTerms | undefined,
  { terms: run, isResource = () => false }: Reading,
): string {
  if (DIRECTS_TERMS.test(lines)) {
    const message = "lines that are submitted with terms can have no #DISBATCH TERMS of their own: submit them apart";
    throw new UserError("bad-terms", message);
  }
  const placed = placeTerms(terms, mergeTerms(run, standing), isResource);
  if (placed.kind === "mistake") throw new UserError("bad-terms", `${placed.message} (${placed.hint})`);
  return directive(atOnePlace(standing, placed.own)) + lines + directive(standing);
}

/** The line that says these terms. */
function directive(terms: TaskTerms | undefined): string {
  return terms === undefined ? "#DISBATCH TERMS\n" : `#DISBATCH TERMS ${terms.text}\n`;
}

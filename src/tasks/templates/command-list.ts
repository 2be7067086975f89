import { UserError } from "../../domain/errors.ts";
import { LONGEST_LINE } from "../taskfile/line-reader.ts";
import { combine, type Combined, type FileValues } from "./dimensions.ts";
import { Expansion } from "./expansion.ts";
import type { ListTemplate } from "./list-template.ts";
import { mayHold, refuseOddLines } from "./odd-lines.ts";
import { MARK } from "./quote.ts";
import { parseTemplate, type Piece } from "./template.ts";

/** What a byte of a value may become when it is quoted: an octal number. */
const MOST_QUOTED = 4;

/** The lines of the task file that a template stands for: each of them is one task. */
export interface CommandList {
  readonly total: number;
  /** What the user should know. */
  readonly warnings: readonly string[];
  /** Commands may have words of this program at their ends, in which there may be mistakes. */
  readonly mayHaveTerms: boolean;
  /** The commands from the first, each made when it is asked for. */
  commands(): Expansion;
}

/**
 * Makes a list of commands from a template. The lists of values are combined as they are asked for, so that any number of
 * commands takes the memory of the lists.
 *
 * @throws UserError `bad-template`, `bad-values`, `uneven-lists`; and what `files` throws.
 */
export function commandList(template: ListTemplate, files: FileValues): CommandList {
  if (template.sources.length === 0) {
    const message =
      "the command has no values to be combined with: give NAME=VALUES, ::: VALUES or --csv FILE behind it";
    throw new UserError("bad-template", message);
  }
  const combined = combine(template, files);
  const { dimensions, columns } = combined;
  const total = dimensions.reduce((product, { length }) => product * length, 1);
  if (!Number.isSafeInteger(total)) {
    const lengths = dimensions.map(({ from, length }) => `${from} has ${length}`).join(", ");
    throw new UserError("bad-values", `the values make more commands than can be counted: ${lengths}`);
  }
  const pieces = parseTemplate(template.command, combined.names);
  refuseOddLines(pieces, columns);
  refuseLong(pieces, combined);
  return {
    total,
    warnings: [...combined.warnings, ...unused(pieces, combined)],
    mayHaveTerms: mayHold(MARK, pieces, columns),
    commands: () => new Expansion(pieces, dimensions),
  };
}

/** A line that is too long for a task file would end the run in its midst. */
function refuseLong(pieces: readonly Piece[], { columns }: Combined): void {
  const sizes = pieces.map((piece) => {
    if (piece.kind === "text") return Buffer.byteLength(piece.text);
    if (piece.kind === "number") return String(Number.MAX_SAFE_INTEGER).length;
    return piece.columns.reduce((sum, column) => sum + (columns[column]?.values.longest ?? 0) * MOST_QUOTED + 4, 0);
  });
  if (sizes.reduce((sum, size) => sum + size, 0) <= LONGEST_LINE) return;
  const message = `the longest values make commands of more than ${LONGEST_LINE / 1024 / 1024} MiB, which no shell could be given`;
  throw new UserError("bad-values", message);
}

function unused(pieces: readonly Piece[], { columns, dimensions }: Combined): string[] {
  const used = new Set(pieces.flatMap((piece) => (piece.kind === "value" ? piece.columns.map((i) => columns[i]) : [])));
  return dimensions
    .filter((dimension) => dimension.columns.every((column) => !used.has(column) && !column.isOptional))
    .map(
      ({ from, length }) =>
        `the command does not use the values of ${from}: it runs ${length} times with the same words`,
    );
}

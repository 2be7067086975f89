import { plural } from "../../domain/plural.ts";
import { columnsOf, shorten } from "../terminal/text.ts";
import type { Report, ReportedKind, ReportedTask } from "./report.ts";
import { kindEnding, kindText, nextLines, usableWidth, verdict } from "./text.ts";
import { firstLine, span } from "./words.ts";

const INDENT = "  ";

/**
 * Only the failures, by kind: how many, and some of the tasks with what they wrote and their commands.
 *
 * @param all the command line that lists all tasks that failed; undefined where there is none.
 */
export function formatFailures(report: Report, width: number, all: string | undefined): string {
  const columns = usableWidth(width);
  const { kinds } = report;
  const parts = [verdict(report, columns), ...kinds.map((kind) => kindLines(kind, columns))];
  const isCut = kinds.some(({ count, examples }) => count > examples.length);
  if (isCut && all !== undefined) parts.push(nextLines("to see all of them", all, columns));
  return parts.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

function kindLines(kind: ReportedKind, width: number): string[] {
  const { count, nodes, node, examples } = kind;
  const where = nodes === 1 ? `on ${node}` : `on ${plural(nodes, "node")}`;
  const text = kindText(kind);
  const head = `${plural(count, "task")} ${where}: ${kindEnding(kind)}${text === "" ? "" : `  ${text}`}`;
  const lines = [shorten(head, width), ...examples.flatMap((task) => exampleLines(task, width))];
  const more = count - examples.length;
  return more > 0 ? [...lines, `${INDENT}and ${more} more`] : lines;
}

/** A task with its command and what it wrote; all of a command is in what `--tasks failed` writes. */
function exampleLines({ id, line, node, seconds, error, output, command }: ReportedTask, width: number): string[] {
  const head = `task ${id} (line ${line}) on ${node}, ${span(seconds)}`;
  const lines = [shorten(INDENT + head, width), ...named("command", firstLine(command), width)];
  if (error !== "") lines.push(...named("error", error.trimEnd(), width));
  if (output !== "") lines.push(...named("output", output.trimEnd(), width));
  return lines;
}

function named(name: string, text: string, width: number): string[] {
  const label = `${INDENT}${INDENT}${name}: `;
  return [label + shorten(text, width - columnsOf(label))];
}

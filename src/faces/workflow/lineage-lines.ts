import { printable } from "../../domain/printable.ts";
import { wrap } from "../../domain/wrap.ts";
import type { FileNow, Lineage, Listed, Making, Reading, Source } from "../../workflows/views/lineage.ts";
import { columnsOf } from "../terminal/text.ts";
import { workWords } from "./why-words.ts";

/** Where a file comes from, and the document that tells of it. */
export interface ToldLineage extends Lineage {
  readonly workflow: string;
  /** Prefix of its runs, and the number of the one that is told of. */
  readonly prefix: string;
  readonly run: number;
}

const NOW_WORDS: Readonly<Record<FileNow, string>> = {
  same: "still what was made",
  changed: "changed since",
  later: "written again since",
  missing: "not there now",
};

/** Where a file comes from, and what was made from it, in lines. @param width columns of the terminal; undefined when lines may be as long as they like. */
export function lineageLines(told: ToldLineage, width: number | undefined): readonly string[] {
  const { path, workflow, run, madeBy, readBy } = told;
  const lines: Line[] = [
    { depth: 0, text: `${path} of ${workflow}, run ${run}` },
    ...(madeBy === undefined ? [{ depth: 1, text: "no task makes it" }] : makingLines(madeBy, 1)),
    ...readingLines(readBy, 1),
  ];
  return lines.flatMap(({ depth, text }) => indented(printable(text), depth, width));
}

interface Line {
  readonly depth: number;
  readonly text: string;
}

function makingLines({ instance, isExternal, work, now, from, isRepeated }: Making, depth: number): Line[] {
  const who = isExternal ? `others make it, as ${instance}` : `made by ${instance}`;
  const when = isExternal ? "" : work === undefined ? ", which no run has done" : ` in run ${workWords(work)}`;
  const words = [
    `${who}${when}`,
    ...(now === undefined ? [] : [NOW_WORDS[now]]),
    ...(isRepeated ? ["what from stands above"] : []),
  ];
  return [{ depth, text: words.join("; ") }, ...listedLines(from, depth + 1, sourceLines, "source")];
}

function sourceLines({ kind, name, path, madeBy }: Source, depth: number): Line[] {
  const what = kind === "code" ? `from code ${path}` : `from ${name ?? "?"}, ${path}`;
  return [{ depth, text: what }, ...(madeBy === undefined ? [] : makingLines(madeBy, depth + 1))];
}

function readingLines(readBy: Listed<Reading>, depth: number): Line[] {
  if (readBy.list.length + readBy.more === 0) return [{ depth, text: "nothing reads it" }];
  return listedLines(readBy, depth, oneReading, "reader");
}

function oneReading({ instance, input, makes, work, readBy, isRepeated }: Reading, depth: number): Line[] {
  const how = input === undefined ? "as code" : `as ${input}`;
  const words = [
    `read by ${instance} ${how}${work === undefined ? "" : `, done in run ${work.run}`}`,
    ...(makes.length === 0 ? [] : [`makes ${makes.join(", ")}`]),
    ...(isRepeated ? ["what reads that stands above"] : []),
  ];
  return [{ depth, text: words.join("; ") }, ...listedLines(readBy, depth + 1, oneReading, "reader")];
}

function listedLines<T>(
  { list, more }: Listed<T>,
  depth: number,
  lines: (each: T, depth: number) => Line[],
  what: string,
): Line[] {
  const all = list.flatMap((each) => lines(each, depth));
  if (more === 0) return all;
  return [...all, { depth, text: `${list.length === 0 ? "" : "and "}${more} more ${what}${more === 1 ? "" : "s"}` }];
}

/** Deep trees leave room for a few words in narrow terminals. */
function indented(text: string, depth: number, width: number | undefined): string[] {
  const indent = "  ".repeat(width === undefined ? depth : Math.min(depth, Math.floor(width / 8)));
  return width === undefined ? [`${indent}${text}`] : wrap(text, width, indent, `${indent}  `, columnsOf);
}

import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { timed } from "../run.ts";
import { BINARY, statusFileOf } from "../subjects.ts";
import { runOf } from "./documents.ts";

/** Lines of records that are written at a time. */
const LINES = 10_000;
/** Columns of the status file with the id of a task, and with its number within its task of the document. */
const [ID, INDEX] = [1, 3];

/** Makes the files of `writeMade`, those of the second task after those of the first. */
export function makeFiles(folder: string, pairs: number): void {
  for (const name of ["first", "second"]) {
    mkdirSync(join(folder, name));
    for (let i = 1; i <= pairs; i++) closeSync(openSync(join(folder, name, String(i)), "w"));
  }
}

/**
 * Leaves the records of a run that has made all files of a document. One pair is made by a real run, and its lines are
 * written again for all others: the empty files are the same in all but their names.
 */
export async function recordAll(document: string, folder: string, prefix: string, pairs: number): Promise<void> {
  const [program, ...args] = runOf(BINARY.argv, document, 1, prefix);
  await timed({ argv: [program, ...args, "second[i=1]"], cwd: folder });
  repeatLines(statusFileOf(prefix), pairs, (line, i) => {
    const columns = line.split("\t");
    columns[ID] = String(Number(columns[ID]) + i - 1);
    columns[INDEX] = String(i - 1);
    return named(columns.join("\t"), i);
  });
  if (existsSync(`${prefix}_cache.jsonl`)) repeatLines(`${prefix}_cache.jsonl`, pairs, named);
}

/** What is said of the first pair, said of another one. */
function named(line: string, i: number): string {
  return line.replaceAll("[i=1]", `[i=${i}]`).replaceAll(/\b(first|second)\/1\b/g, `$1/${i}`);
}

/** Writes a file anew in which each line that is about the first pair stands once for each pair. */
function repeatLines(file: string, pairs: number, lineFor: (line: string, i: number) => string): void {
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  writeFileSync(file, "");
  for (const line of lines) {
    if (!line.includes("[i=1]")) {
      appendFileSync(file, `${line}\n`);
      continue;
    }
    for (let from = 1; from <= pairs; from += LINES) {
      const many = Array.from({ length: Math.min(LINES, pairs - from + 1) }, (_, at) => lineFor(line, from + at));
      appendFileSync(file, `${many.join("\n")}\n`);
    }
  }
}

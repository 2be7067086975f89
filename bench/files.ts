import { closeSync, openSync, writeSync } from "node:fs";

/** Lines that are put together before they are written. */
const BLOCK = 10_000;

/** Writes so many lines. */
export function writeLines(file: string, count: number, line: (index: number) => string): void {
  const fd = openSync(file, "w");
  for (let from = 0; from < count; from += BLOCK) {
    const size = Math.min(BLOCK, count - from);
    const block = Array.from({ length: size }, (_, i) => `${line(from + i)}\n`);
    writeSync(fd, block.join(""));
  }
  closeSync(fd);
}

/** A line as parameter studies have them; harmless when it is run. */
export function studyLine(index: number): string {
  return `true --seed ${index} --output results/${index}.txt`;
}

/** What a status file says of a task that went well. */
export function doneLine(index: number, command: string): string {
  const times = "0.120\t1700000000.000\t1700000000.120";
  return `    \t${index}\t${index + 1}\t-1\tnode1\t${1000 + (index % 30_000)}\t0\t${times}\t0\t''\t0\t''\t${command}`;
}

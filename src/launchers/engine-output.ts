import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { LOG_LEVELS } from "../domain/log.ts";
import { errnoText } from "../domain/system-error.ts";

/** Bytes of the end of a log that its last line is looked for in. */
const TAIL_BYTES = 4096;
/** Characters of a line that people get to see. */
const LINE_WIDTH = 300;

/** How the lines of an engine's log begin, which go where it prints when it has no file for them. */
const RECORD = new RegExp(
  String.raw`^(?:\{"level":"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (?:${LOG_LEVELS.join("|")}) )`,
);

/** A line of an engine's log is no word on its end. */
export function isLogRecord(line: string): boolean {
  return RECORD.test(line);
}

/** The file that an engine's process of this machine prints into. */
export interface EngineOutput {
  readonly path: string;
  /** To be handed to the process, and then closed. */
  readonly descriptor: number;
  /** Bytes that stood in it before: an earlier engine's. */
  readonly from: number;
}

/** @returns why it cannot be written, in words, when that is so. */
export function openOutput(path: string): EngineOutput | string {
  try {
    const descriptor = openSync(path, "a");
    return { path, descriptor, from: fstatSync(descriptor).size };
  } catch (error) {
    return `cannot write ${path}, where an engine says what goes wrong: ${errnoText(error)}`;
  }
}

/** The last line that has been written there since, cut to a length for people; undefined when there is none. */
export function lastLineOf(output: EngineOutput): string | undefined {
  return linesOf(output).at(-1);
}

/** The last lines that have been written there since, each cut to a length for people, without empty ones and those of a log. */
export function linesOf({ path, from }: EngineOutput): string[] {
  try {
    const lines = endOf(path, from).split("\n");
    const cut = lines.map((line) => line.trimEnd().slice(0, LINE_WIDTH));
    return cut.filter((line) => line !== "" && !isLogRecord(line));
  } catch {
    return [];
  }
}

function endOf(path: string, from: number): string {
  const descriptor = openSync(path, "r");
  try {
    const { size } = fstatSync(descriptor);
    const start = Math.max(from, size - TAIL_BYTES);
    const bytes = Buffer.alloc(Math.max(0, size - start));
    return bytes.toString("utf8", 0, readSync(descriptor, bytes, 0, bytes.length, start));
  } finally {
    closeSync(descriptor);
  }
}

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { LOG_LEVELS } from "../../domain/log.ts";
import { appendOwnFile, openOwnFile, reasonOf } from "../../files/own-file.ts";

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

/** Where an engine's process of this machine prints. */
export interface EngineOutput {
  /** The file; missing when it cannot be written, and nothing is kept of what the process prints. */
  readonly path: string | undefined;
  /** To be handed to the process, and then closed. */
  readonly descriptor: number;
  /** Bytes that stood in it before: an earlier engine's. */
  readonly from: number;
}

/** @param warn told in one line when the file cannot be written: an engine does not need it to run tasks. */
export function openOutput(path: string, warn: (message: string) => void): EngineOutput {
  try {
    const descriptor = appendOwnFile(path);
    return { path, descriptor, from: fstatSync(descriptor).size };
  } catch (error) {
    warn(`warning: cannot write ${path}, where an engine says what goes wrong: ${reasonOf(error)}`);
    return { path: undefined, descriptor: openSync("/dev/null", "w"), from: 0 };
  }
}

/** Where more can be read, as the end of a sentence. */
export function seeOutput({ path }: EngineOutput): string {
  return path === undefined ? "" : ` (see ${path})`;
}

/** The last line that has been written there since, cut to a length for people; undefined when there is none. */
export function lastLineOf(output: EngineOutput): string | undefined {
  return linesOf(output).at(-1);
}

/** The last lines that have been written there since, each cut to a length for people, without empty ones and those of a log. */
export function linesOf({ path, from }: EngineOutput): string[] {
  if (path === undefined) return [];
  try {
    const lines = endOf(path, from).split("\n");
    const cut = lines.map((line) => line.trimEnd().slice(0, LINE_WIDTH));
    return cut.filter((line) => line !== "" && !isLogRecord(line));
  } catch {
    return [];
  }
}

function endOf(path: string, from: number): string {
  const descriptor = openOwnFile(path, "others");
  try {
    const { size } = fstatSync(descriptor);
    const start = Math.max(from, size - TAIL_BYTES);
    const bytes = Buffer.alloc(Math.max(0, size - start));
    return bytes.toString("utf8", 0, readSync(descriptor, bytes, 0, bytes.length, start));
  } finally {
    closeSync(descriptor);
  }
}

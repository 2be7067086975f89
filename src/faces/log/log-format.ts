import type { LogFormat, LogLevel } from "../../domain/log.ts";
import { printable } from "../../domain/printable.ts";

/** Something that a log is told. */
export interface LogRecord {
  readonly level: LogLevel;
  /** Unix time in seconds. */
  readonly time: number;
  /** For people; whatever it holds stays on one line. */
  readonly text: string;
}

/** What a terminal might act on, and JSON leaves as it is. */
const ACTED_ON = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/**
 * The line of a log for a record, with its end.
 *
 * - text: `2026-11-29 10:15:00.123 INFO engine 0 ready`, in the time of this machine
 * - json: `{"level":"INFO","time":"2026-11-29T09:15:00.123Z","msg":"engine 0 ready"}`
 */
export function formatLogRecord({ level, time, text }: LogRecord, format: LogFormat): string {
  const moment = new Date(time * 1000);
  if (format === "text") return `${localTime(moment)} ${level} ${printable(text)}\n`;
  return `${JSON.stringify({ level, time: moment.toISOString(), msg: text }).replaceAll(ACTED_ON, escaped)}\n`;
}

function localTime(moment: Date): string {
  const date = [moment.getFullYear(), two(moment.getMonth() + 1), two(moment.getDate())].join("-");
  const time = [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(two).join(":");
  return `${date} ${time}.${String(moment.getMilliseconds()).padStart(3, "0")}`;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}

/** One escape for each half of a character that takes two. */
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, i) => {
    const code = character.charCodeAt(i);
    return `\\u${code.toString(16).padStart(4, "0")}`;
  }).join("");
}

import type { RunEvent, RunObserver } from "../../domain/events.ts";
import { LOG_LEVELS, type LogFormat, type LogLevel, type LogStyle } from "../../domain/log.ts";
import type { LogFile } from "./log-file.ts";
import { formatLogRecord, type LogRecord } from "./log-format.ts";
import { logLine } from "./log-lines.ts";

/** A log of driver or engine: takes what is severe enough, and gives each record its line. */
export class Log {
  readonly #file: LogFile;
  readonly #format: LogFormat;
  readonly #wanted: ReadonlySet<LogLevel>;

  constructor(file: LogFile, { logLevel, logFormat }: LogStyle) {
    this.#file = file;
    this.#format = logFormat;
    this.#wanted = new Set(LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(logLevel) + 1));
  }

  /** Whether it takes records of this level, so that others need not be made. */
  takes(level: LogLevel): boolean {
    return this.#wanted.has(level);
  }

  add(record: LogRecord): void {
    if (this.takes(record.level)) this.#file.write(formatLogRecord(record, this.#format));
  }

  /** Resolves when everything is in the file, or cannot be. */
  close(): Promise<void> {
    return this.#file.close();
  }
}

/** The driver's log: a line for each event. */
export class RunLog implements RunObserver {
  readonly name = "the log";
  readonly #log: Log;
  readonly #debug: boolean;

  constructor(log: Log) {
    this.#log = log;
    this.#debug = log.takes("DEBUG");
  }

  observe(event: RunEvent): void {
    if (!this.#debug && isTaskEvent(event)) return;
    this.#log.add({ ...logLine(event), time: event.time });
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}

/** Events that come once for each task or more; they are a matter of DEBUG. */
function isTaskEvent({ type }: RunEvent): boolean {
  return (
    type === "task-assigned" ||
    type === "task-started" ||
    type === "task-finished" ||
    type === "task-returned" ||
    type === "task-interrupted" ||
    type === "task-skipped"
  );
}

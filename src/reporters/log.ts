import { openSync } from "node:fs";
import { pino, type Logger } from "pino";

import { UserError } from "../domain/errors.ts";
import type { Reporter, RunEvent } from "../domain/events.ts";
import { errnoText } from "../domain/system-error.ts";
import { logLine, type LogLevel } from "./log-lines.ts";

/** What pino calls the levels. */
export const PINO_LEVEL = {
  CRITICAL: "fatal",
  ERROR: "error",
  WARNING: "warn",
  INFO: "info",
  DEBUG: "debug",
} as const satisfies Readonly<Record<LogLevel, string>>;
const LEVEL_NAMES = new Map<string, string>(Object.entries(PINO_LEVEL).map(([name, label]) => [label, name]));

/** A disk that hangs may hold back this many bytes of log; lines that come on top are dropped. */
const MOST_BUFFERED = 16 * 1024 * 1024;

/** What the log needs from its surroundings. */
export interface LogOptions {
  /** File to append to; made when it is not there. */
  readonly file: string;
  /** Lines below this are not written. */
  readonly level: LogLevel;
  /** Told once when the log cannot be written; the run goes on without it. */
  readonly onFailure: (error: Error) => void;
}

/**
 * The driver's log: one JSON object per line, `{"level":"INFO","time":"...","msg":"..."}`, made to be read with `less`.
 *
 * It writes to a plain destination: pino's transports are worker threads and do not survive bundling.
 */
export class LogReporter implements Reporter {
  readonly #file: ReturnType<typeof pino.destination>;
  readonly #logger: Logger;
  readonly #debug: boolean;
  readonly #closed: Promise<void>;
  #failed = false;

  /** @throws UserError `log-unusable` (exit code 2) when the file cannot be made. */
  constructor({ file, level, onFailure }: LogOptions) {
    this.#file = pino.destination({ fd: openLog(file), sync: false, maxLength: MOST_BUFFERED });
    this.#logger = pino(
      {
        level: PINO_LEVEL[level],
        base: null,
        timestamp: false,
        formatters: { level: (label) => ({ level: LEVEL_NAMES.get(label) }) },
      },
      this.#file,
    );
    this.#debug = this.#logger.isLevelEnabled(PINO_LEVEL.DEBUG);
    this.#closed = new Promise((resolve) => {
      this.#file.once("close", resolve);
      this.#file.on("error", (error: Error) => {
        resolve();
        if (this.#failed) return;
        this.#failed = true;
        onFailure(error);
      });
    });
  }

  handle(event: RunEvent): void {
    if (this.#failed || (!this.#debug && isTaskEvent(event))) return;
    const { level, text } = logLine(event);
    this.#logger[PINO_LEVEL[level]]({ time: new Date(event.time * 1000).toISOString() }, text);
  }

  /** Resolves when everything is in the file, or cannot be. */
  async close(): Promise<void> {
    if (!this.#failed) this.#file.end();
    await this.#closed;
  }
}

function openLog(file: string): number {
  try {
    return openSync(file, "a");
  } catch (error) {
    throw new UserError("log-unusable", `cannot write the log ${file}: ${errnoText(error)}`, { cause: error });
  }
}

/** Events that come once for each task or more; they are a matter of DEBUG. */
function isTaskEvent({ type }: RunEvent): boolean {
  return (
    type === "task-assigned" ||
    type === "task-finished" ||
    type === "task-returned" ||
    type === "task-interrupted" ||
    type === "task-skipped"
  );
}

import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { LogLevel, LogStyle } from "../../domain/log.ts";
import { errnoText } from "../../domain/system-error.ts";
import { appendOwnFile, reasonOf } from "../../files/own-file.ts";
import { systemClock } from "../terminal/clock.ts";
import { LogFile } from "./log-file.ts";
import { formatLogRecord, type LogRecord } from "./log-format.ts";
import { Log } from "./log.ts";
import { openStream } from "./log-files.ts";

/** The descriptor of standard error. */
const STDERR = 2;

/**
 * The log of an engine, which is opened when its rank is known, since that is part of the name. Where there is no folder for
 * it, or it cannot be opened, its lines go to standard error, which whoever has started the engine keeps.
 */
export class FileEngineLog {
  readonly #prefix: string;
  readonly #style: LogStyle;
  readonly #print: (text: string) => void;
  #log: Log | undefined;

  #tell: (message: string) => void = () => undefined;

  /**
   * @param prefix path of the log up to the rank.
   * @param print writes to standard error.
   */
  constructor(prefix: string, style: LogStyle, print: (text: string) => void) {
    this.#print = print;
    this.#prefix = prefix;
    this.#style = style;
  }

  /** Told in a line that the log has failed, for the user to hear of it. */
  set onFailure(tell: (message: string) => void) {
    this.#tell = tell;
  }

  opened(rank: number): void {
    const path = `${this.#prefix}${rank}.log`;
    const where = existsSync(dirname(path)) ? openOrWhyNot(path) : STDERR;
    if (typeof where === "number") this.#log = new Log(this.#fileOf(path, where), this.#style);
    else {
      this.#log = new Log(this.#fileOf(path, STDERR), this.#style);
      this.#tell(`${where}; its lines go where the engine prints, into the wrap log`);
    }
  }

  warning(message: string): void {
    this.#log?.add(recordOf("WARNING", message));
  }

  info(message: string): void {
    this.#log?.add(recordOf("INFO", message));
  }

  debug(message: () => string): void {
    if (this.#log?.takes("DEBUG") === true) this.#log.add(recordOf("DEBUG", message()));
  }

  /** Resolves when everything is in the file, or cannot be. */
  async close(): Promise<void> {
    await this.#log?.close();
  }

  #fileOf(path: string, fd: number): LogFile {
    if (fd === STDERR) return new LogFile(openStream(STDERR), () => undefined);
    return new LogFile(fd, (error) => {
      const why = `the log ${path} cannot be written: ${errnoText(error)}`;
      // A record, and so nobody takes it for the reason of this engine's end.
      this.#print(formatLogRecord(recordOf("WARNING", why), this.#style.logFormat));
      this.#tell(why);
    });
  }
}

/** @returns why not, in words, when it cannot be opened. */
function openOrWhyNot(path: string): number | string {
  try {
    return appendOwnFile(path);
  } catch (error) {
    return `cannot write the log ${path}: ${reasonOf(error)}`;
  }
}

function recordOf(level: LogLevel, text: string): LogRecord {
  return { level, text, time: systemClock.now() };
}

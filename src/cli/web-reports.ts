import { execFile } from "node:child_process";
import { UserError } from "../domain/errors.ts";
import type { Program } from "../run/program-name.ts";
import type { ReportFormat } from "../web/api/web-run.ts";

/** Bytes of a report at most; that of a million tasks takes less than one. */
const MOST_REPORT = 64 << 20;

/** Reports on a run. Processes of their own make them, one at a time: each reads all records, and nobody is to wait for that. */
export class WebReports {
  readonly #program: Program;
  readonly #prefix: string;
  readonly #closing = new AbortController();
  /** The report that was asked for last, however it has ended. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(program: Program, prefix: string) {
    this.#program = program;
    this.#prefix = prefix;
  }

  /**
   * What `disbatch report` makes of the records.
   *
   * @param signal tells that nobody waits for it any more: it is not begun then, or ended.
   * @throws UserError `report-failed`; what the signal says.
   */
  report(format: ReportFormat, signal: AbortSignal): Promise<string> {
    const made = this.#last.then(() => {
      signal.throwIfAborted();
      this.#closing.signal.throwIfAborted();
      return this.#made(format, signal);
    });
    this.#last = made.catch(() => undefined);
    return made;
  }

  /** Ends the report that is being made, and begins no other. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#last;
  }

  #made(format: ReportFormat, signal: AbortSignal): Promise<string> {
    const [file, ...first] = this.#program.command;
    const args = [...first, "report", "--format", format, this.#prefix];
    const closing = this.#closing.signal;
    return new Promise((resolve, reject) => {
      const child = execFile(file, args, { maxBuffer: MOST_REPORT, signal }, (error, stdout, stderr) => {
        closing.removeEventListener("abort", end);
        if (error === null) return resolve(stdout);
        if (signal.aborted) return reject(error);
        if (closing.aborted) return reject(closing.reason);
        const why = stderr.trim().split("\n").at(-1) ?? "";
        const message = why === "" ? `no report was made: ${error.message}` : why;
        reject(new UserError("report-failed", message, { cause: error }));
      });
      const end = (): void => void child.kill();
      closing.addEventListener("abort", end);
    });
  }
}

import { decodeBytes, encodeText } from "../domain/bytes.ts";
import { UserError } from "../domain/errors.ts";
import { harmless } from "../domain/printable.ts";
import { STREAMS, type StreamName } from "../domain/output.ts";
import { errnoText, messageOf } from "../domain/system-error.ts";
import type { OutputReader, StoredAttempt } from "../records/output/output-reader.ts";
import type { OutputOptions } from "./wanted-output.ts";
import { print } from "./standard-output.ts";

/** Prints what tasks have printed, each under a line with its number unless there is only one. */
export class TaskPrinter {
  readonly #options: Pick<OutputOptions, "stderr" | "attempt">;
  readonly #isOne: boolean;
  readonly #pattern: RegExp | undefined;
  /** What was printed last: where, and whether its line has ended. */
  #last: { readonly title: string } | undefined;
  #isLineOpen = false;
  hasPrinted = false;
  /** Whether something that is kept could not be read. */
  hasMissed = false;

  /**
   * @param isOne only one task was named.
   * @throws UserError `bad-pattern`.
   */
  constructor({ stderr, attempt, grep }: Pick<OutputOptions, "stderr" | "attempt" | "grep">, isOne: boolean) {
    this.#options = { stderr, ...(attempt !== undefined && { attempt }) };
    this.#isOne = isOne;
    this.#pattern = grep === undefined ? undefined : patternOf(grep);
  }

  /** The streams that are printed, in their order. */
  get streams(): readonly StreamName[] {
    return this.#options.stderr ? ["stderr"] : STREAMS;
  }

  /** The attempt of a task that is to be printed: the one that was named, or the last. */
  choose(attempts: readonly StoredAttempt[]): StoredAttempt | undefined {
    const { attempt } = this.#options;
    return attempts.findLast((one) => attempt === undefined || one.attempt === attempt);
  }

  /** Prints all that is kept of an attempt. @returns false when nobody reads any more. */
  async print(attempt: StoredAttempt, reader: OutputReader): Promise<boolean> {
    for (const stream of this.streams) {
      const stored = attempt.streams[stream];
      if (stored === undefined) continue;
      if (stored.missing > 0) this.#sayCut(attempt, stream, stored.bytes, stored.missing);
      const bytes = await this.#read(attempt, stream, reader);
      if (!(await this.show(attempt, stream, bytes))) return false;
    }
    return true;
  }

  /** Prints some bytes of a task. @returns false when nobody reads any more. */
  async show(
    { taskId, attempt }: Pick<StoredAttempt, "taskId" | "attempt">,
    stream: StreamName,
    bytes: Buffer,
  ): Promise<boolean> {
    if (bytes.length === 0) return true;
    if (this.#pattern !== undefined) return this.#showMatches(taskId, bytes, this.#pattern);
    const title = `task ${taskId}${attempt > 1 ? `, attempt ${attempt}` : ""}${stream === "stderr" ? ", stderr" : ""}`;
    const isNew = this.#last?.title !== title;
    const isError = stream === "stderr" && !this.#options.stderr;
    if (isNew && !this.#isOne) {
      const before = this.#isLineOpen ? "\n" : "";
      if (!(await this.#write(Buffer.from(`${before}==> ${title} <==\n`), isError))) return false;
    }
    this.#last = { title };
    this.#isLineOpen = bytes.at(-1) !== 0x0a;
    this.hasPrinted = true;
    return this.#write(bytes, isError);
  }

  /** What is said next begins a line, where that is on the same terminal. */
  endLine(): void {
    if (this.#isLineOpen && process.stdout.isTTY) process.stderr.write("\n");
    this.#isLineOpen = false;
  }

  async #read(attempt: StoredAttempt, stream: StreamName, reader: OutputReader): Promise<Buffer> {
    try {
      return await reader.read(attempt, stream);
    } catch (error) {
      this.hasMissed = true;
      this.#say(
        `task ${attempt.taskId}: what is kept of ${stream} cannot be read: ${errnoText(error) || messageOf(error)}`,
      );
      return Buffer.alloc(0);
    }
  }

  async #showMatches(taskId: number, bytes: Buffer, pattern: RegExp): Promise<boolean> {
    const lines = decodeBytes(bytes).split("\n");
    if (lines.at(-1) === "") lines.pop();
    const found = lines.filter((line) => pattern.test(line));
    if (found.length === 0) return true;
    this.hasPrinted = true;
    const name = this.#isOne ? "" : `${taskId}: `;
    return print(Buffer.from(encodeText(found.map((line) => `${name}${line}\n`).join(""))));
  }

  /** What a task wrote to standard error goes there. */
  #write(bytes: Buffer, isError: boolean): Promise<boolean> {
    if (!isError) return print(bytes);
    const shown = process.stderr.isTTY ? harmless(decodeBytes(bytes)) : bytes;
    return new Promise((resolve) =>
      process.stderr.write(shown, (error) => resolve(error === null || error === undefined)),
    );
  }

  #sayCut({ taskId }: StoredAttempt, stream: StreamName, bytes: number, missing: number): void {
    const kept = bytes - missing;
    const rest = kept === 0 ? "" : `, only the last ${sizeWords(kept)}`;
    this.#say(`task ${taskId}: the first ${missing} bytes of ${stream} are not kept${rest}`);
  }

  #say(message: string): void {
    this.endLine();
    process.stderr.write(`disbatch: ${message}\n`);
  }
}

function sizeWords(bytes: number): string {
  if (bytes % (1024 * 1024) === 0) return `${bytes / (1024 * 1024)} MiB`;
  return bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${bytes} bytes`;
}

/** @throws UserError `bad-pattern`. */
function patternOf(text: string): RegExp {
  try {
    return new RegExp(text, "u");
  } catch (error) {
    throw new UserError("bad-pattern", `--grep: ${messageOf(error)}`, { cause: error });
  }
}

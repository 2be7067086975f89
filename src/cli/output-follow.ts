import { setTimeout as delay } from "node:timers/promises";
import type { DriverLine } from "../control/driver-line.ts";
import { reachRun } from "../control/reach-run.ts";
import { UserError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { wantsId } from "../domain/id-ranges.ts";
import type { StreamName } from "../domain/output.ts";
import { expand } from "../records/output/compression.ts";
import type { OutputReader, StoredAttempt } from "../records/output/output-reader.ts";
import type { DriverAnswer } from "../wire/control-messages.ts";
import type { TaskPrinter } from "./output-printer.ts";
import { openKept, type WantedOutput } from "./wanted-output.ts";
import { OUT_OF_REACH } from "./with-run.ts";

type LiveBlock = Extract<DriverAnswer, { type: "live-output" }>;

/** How often it is looked what has been kept, in milliseconds. */
const LOOK_MS = 500;
/** What tasks have printed last arrives within this time after their outcome. */
const LAST_MS = 1_000;

/**
 * Prints what tasks have printed, and what they print while they run: until those that were named have ended, or the run has.
 *
 * @throws UserError for a run that does not answer, with exit code 3.
 */
export async function followOutput(wanted: WantedOutput, printer: TaskPrinter): Promise<ExitCode> {
  const follower = new Follower(wanted, printer);
  try {
    const line = await call(wanted);
    if (line !== undefined) await follower.follow(line);
    await follower.printKept();
    await follower.printHalfLines();
    return wanted.grep === undefined || printer.hasPrinted ? EXIT.done : EXIT.failed;
  } finally {
    follower.close();
  }
}

/** @returns undefined when the run is over. */
async function call({ files, words }: WantedOutput): Promise<DriverLine | undefined> {
  try {
    const { line } = await reachRun(files.contact, words);
    await line.greet();
    return line;
  } catch (error) {
    if (!(error instanceof UserError) || !OUT_OF_REACH.has(error.code)) throw error;
    if (error.code === "no-run" || error.code === "run-ended") return undefined;
    throw new UserError(error.code, `${files.prefix}: ${error.message}`, { exitCode: EXIT.unfinished, cause: error });
  }
}

/** The beginning of a line, and whose it is. */
interface HalfLine {
  readonly attempt: Pick<StoredAttempt, "taskId" | "attempt">;
  readonly stream: StreamName;
  readonly bytes: Buffer;
}

/** Puts together what a run has kept and what it tells of running tasks, each byte once. */
class Follower {
  readonly #wanted: WantedOutput;
  readonly #printer: TaskPrinter;
  /** By attempt and stream: bytes that have been printed or passed over. */
  readonly #told = new Map<string, number>();
  /** By the same: the beginning of a line whose end has not come. */
  readonly #half = new Map<string, HalfLine>();
  #reader: OutputReader | undefined;
  /** One after the other. */
  #printing: Promise<void> = Promise.resolve();
  #isUnread: () => void = () => undefined;
  readonly #unread = new Promise<void>((resolve) => (this.#isUnread = resolve));

  constructor(wanted: WantedOutput, printer: TaskPrinter) {
    this.#wanted = wanted;
    this.#printer = printer;
  }

  /** Prints until the tasks have ended, the run has, or nobody reads. */
  async follow(line: DriverLine): Promise<void> {
    const { ids } = this.#wanted;
    line.listen((notice) => {
      if (notice.type === "live-output") void this.#then(() => this.#takeLive(notice));
    });
    line.say({ type: "follow-output", ids: ids === undefined ? undefined : [...ids] });
    await this.printKept();
    const looking = setInterval(() => void this.printKept(), LOOK_MS);
    try {
      await Promise.race([this.#untilEnded(line), this.#unread]);
    } finally {
      clearInterval(looking);
      await line.close();
    }
    await this.#printing;
  }

  /** Prints what is kept and has not been printed. */
  printKept(): Promise<void> {
    return this.#then(async () => {
      const reader = (this.#reader ??= openKept(this.#wanted));
      if (reader === undefined) return;
      reader.update();
      for (const id of reader.tasks) {
        const attempt = this.#printer.choose(reader.attempts(id));
        if (attempt !== undefined && (!this.#wanted.failed || attempt.failed))
          await this.#printAttempt(attempt, reader);
      }
    });
  }

  /** Nothing more comes: what has no end is a line, too. */
  printHalfLines(): Promise<void> {
    return this.#then(async () => {
      for (const { attempt, stream, bytes } of this.#half.values()) await this.#printer.show(attempt, stream, bytes);
      this.#half.clear();
    });
  }

  close(): void {
    this.#reader?.close();
  }

  async #untilEnded(line: DriverLine): Promise<void> {
    const { ids } = this.#wanted;
    if (ids === undefined) return void (await line.closed);
    try {
      await line.inquire({ type: "wait", ids: [...ids] }, "all-finished");
      await Promise.race([delay(LAST_MS), line.closed]);
    } catch (error) {
      if (!(error instanceof UserError) || !OUT_OF_REACH.has(error.code)) throw error;
    }
  }

  async #takeLive({ pieces, data }: LiveBlock): Promise<void> {
    const bytes = await expand(Buffer.from(data, "base64"), pieces);
    let at = 0;
    for (const piece of pieces) {
      const part = bytes.subarray(at, at + piece.length);
      at += piece.length;
      if (this.#isWanted(piece.taskId, piece.attempt)) await this.#print(piece, piece.stream, piece.from, part);
    }
  }

  #isWanted(taskId: number, attempt: number): boolean {
    const { ids, attempt: named } = this.#wanted;
    return (ids === undefined || wantsId(ids, taskId)) && (named === undefined || named === attempt);
  }

  async #printAttempt(attempt: StoredAttempt, reader: OutputReader): Promise<void> {
    for (const stream of this.#printer.streams) {
      const stored = attempt.streams[stream];
      if (stored === undefined || (this.#told.get(keyOf(attempt, stream)) ?? 0) >= stored.bytes) continue;
      await this.#print(attempt, stream, stored.missing, await reader.read(attempt, stream));
    }
  }

  /** @param from bytes of the stream that come before. */
  async #print(
    attempt: Pick<StoredAttempt, "taskId" | "attempt">,
    stream: StreamName,
    from: number,
    bytes: Buffer,
  ): Promise<void> {
    if (!this.#printer.streams.includes(stream)) return;
    const key = keyOf(attempt, stream);
    const told = this.#told.get(key) ?? 0;
    const rest = bytes.subarray(Math.max(0, told - from));
    this.#told.set(key, Math.max(told, from + bytes.length));
    if (!(await this.#printer.show(attempt, stream, this.#wholeLines(attempt, stream, rest)))) this.#isUnread();
  }

  /** A pattern is for whole lines: the beginning of one waits for its end. */
  #wholeLines(attempt: HalfLine["attempt"], stream: StreamName, bytes: Buffer): Buffer {
    if (this.#wanted.grep === undefined) return bytes;
    const key = keyOf(attempt, stream);
    const all = Buffer.concat([this.#half.get(key)?.bytes ?? Buffer.alloc(0), bytes]);
    const end = all.lastIndexOf(0x0a) + 1;
    this.#half.set(key, { attempt, stream, bytes: all.subarray(end) });
    return all.subarray(0, end);
  }

  #then(action: () => Promise<void>): Promise<void> {
    this.#printing = this.#printing.then(action);
    return this.#printing;
  }
}

function keyOf({ taskId, attempt }: Pick<StoredAttempt, "taskId" | "attempt">, stream: StreamName): string {
  return `${taskId} ${attempt} ${stream}`;
}

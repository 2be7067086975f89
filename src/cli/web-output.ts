import { UserError } from "../domain/errors.ts";
import { type StreamName, STREAMS } from "../domain/output.ts";
import { reasonOf } from "../files/own-file.ts";
import { OutputReader, type StoredAttempt } from "../records/output/output-reader.ts";
import type { KeptStream } from "../web/api/answers.ts";
import type { ByteRange } from "../web/http/byte-range.ts";
import type { PrintedPart } from "../web/api/web-run.ts";

/** Tasks whose places in the output file are known at a time: those that somebody looks at. */
const MOST_TASKS = 8;

/** A reader, and whoever reads with it. */
interface Held {
  readonly reader: OutputReader;
  /** Answers that are being read with it. */
  holders: number;
  /** Nobody is to find it any more: the last of its holders closes it. */
  isForgotten: boolean;
}

/** An attempt, and who reads what is kept of it. */
interface Found {
  readonly held: Held;
  readonly attempt: StoredAttempt;
}

/** What a run has kept of what its tasks have printed; its memory does not grow with them. */
export class WebOutputs {
  readonly #path: string;
  readonly #started: () => number | undefined;
  /** By TaskID; that which was asked for last comes last. */
  readonly #readers = new Map<number, Held>();

  /**
   * @param path of the run's output file, which may not be there yet.
   * @param started tells when the run has started, as Unix time: an earlier one may have written to the same file.
   */
  constructor(path: string, started: () => number | undefined) {
    this.#path = path;
    this.#started = started;
  }

  /** What is kept of a task: of the last attempt of which something is. Nothing where that cannot be read: `read` says why. */
  kept(task: number): Partial<Record<StreamName, KeptStream>> {
    try {
      return this.#allKept(task);
    } catch {
      return {};
    }
  }

  #allKept(task: number): Partial<Record<StreamName, KeptStream>> {
    const { held, attempt } = this.#attemptOf(task) ?? {};
    const kept: Partial<Record<StreamName, KeptStream>> = {};
    if (held === undefined || attempt === undefined) return kept;
    for (const stream of STREAMS) {
      const of = this.#keptOf(held, attempt, stream);
      if (of !== undefined) kept[stream] = of;
    }
    return kept;
  }

  /**
   * Bytes of a stream, all of one attempt.
   *
   * @param choose the range that is wanted, counted from the first byte that is kept.
   * @returns undefined where nothing is kept.
   * @throws what `choose` throws; UserError `output-unreadable`.
   */
  async read(
    task: number,
    stream: StreamName,
    choose: (kept: KeptStream) => ByteRange,
  ): Promise<PrintedPart | undefined> {
    const unreadable = (error: unknown): UserError => {
      const message = `what is kept of what task ${task} has printed to ${stream} cannot be read: ${reasonOf(error)}`;
      return new UserError("output-unreadable", message, { cause: error });
    };
    let found: Found | undefined;
    try {
      found = this.#attemptOf(task);
    } catch (error) {
      throw unreadable(error);
    }
    if (found === undefined) return undefined;
    const { held, attempt } = found;
    const kept = this.#keptOf(held, attempt, stream);
    if (kept === undefined) return undefined;
    const { from, to } = choose(kept);
    const { missing } = kept;
    held.holders++;
    try {
      return { kept, bytes: await held.reader.read(attempt, stream, { from: missing + from, to: missing + to }) };
    } catch (error) {
      throw unreadable(error);
    } finally {
      held.holders--;
      closeUnheld(held);
    }
  }

  close(): void {
    for (const task of this.#readers.keys()) this.#forget(task);
  }

  #keptOf({ reader }: Held, attempt: StoredAttempt, stream: StreamName): KeptStream | undefined {
    const stored = attempt.streams[stream];
    if (stored === undefined) return undefined;
    const isEarlierRun = reader.isOfEarlierRun(attempt, this.#started());
    return { bytes: stored.bytes, missing: stored.missing, attempt: attempt.attempt, isEarlierRun };
  }

  #attemptOf(task: number): Found | undefined {
    const held = this.#heldOf(task);
    const attempt = held?.reader.attempts(task).at(-1);
    return held === undefined || attempt === undefined ? undefined : { held, attempt };
  }

  #heldOf(task: number): Held | undefined {
    const held = this.#knownOf(task) ?? this.#open(task);
    if (held === undefined) return undefined;
    this.#readers.delete(task);
    this.#readers.set(task, held);
    for (const other of this.#readers.keys()) {
      if (this.#readers.size <= MOST_TASKS) break;
      this.#forget(other);
    }
    return held;
  }

  /** The reader that there is, up to date, unless there is another file by now. */
  #knownOf(task: number): Held | undefined {
    const held = this.#readers.get(task);
    if (held?.reader.isAt(this.#path) === false) {
      this.#forget(task);
      return undefined;
    }
    held?.reader.update();
    return held;
  }

  #open(task: number): Held | undefined {
    const reader = OutputReader.open(this.#path, (id) => id === task);
    return reader === undefined ? undefined : { reader, holders: 0, isForgotten: false };
  }

  #forget(task: number): void {
    const held = this.#readers.get(task);
    if (held === undefined) return;
    this.#readers.delete(task);
    held.isForgotten = true;
    closeUnheld(held);
  }
}

function closeUnheld({ reader, holders, isForgotten }: Held): void {
  if (isForgotten && holders === 0) reader.close();
}

import { closeSync, fstatSync, lstatSync, readSync } from "node:fs";
import type { OutputPiece, StreamName } from "../../domain/output.ts";
import { errnoOf } from "../../domain/system-error.ts";
import { openOwnFile } from "../../files/own-file.ts";
import { expand } from "./compression.ts";
import { readNamedFile } from "./read-named-file.ts";
import { type PlacedFrame, scanFrames, type TornPart } from "./scan.ts";
import { outputPath } from "./template.ts";

/** A frame as far as its bytes are concerned. */
type Bytes = Pick<PlacedFrame, "at" | "length" | "files"> & { readonly raw: readonly Pick<OutputPiece, "length">[] };

/** Where some bytes of a stream are. */
interface Part {
  readonly frame: Bytes;
  /** Where they begin in the expanded data of the frame, and how many they are. */
  readonly offset: number;
  readonly length: number;
  /** Bytes of the stream that come before. */
  readonly from: number;
}

/** What is kept of one stream of an attempt. */
interface StoredStream {
  /** All that was written to it, in bytes. */
  readonly bytes: number;
  /** Bytes at its beginning that are not kept. */
  readonly missing: number;
  readonly parts: readonly Part[];
}

/** What is kept of one attempt of a task. */
export interface StoredAttempt {
  readonly taskId: number;
  readonly attempt: number;
  /** The run that it is of: one more for each that has begun in the file. */
  readonly run: number;
  /** When the first output of that run came, as Unix time; undefined where the file does not say. */
  readonly begun: number | undefined;
  readonly failed: boolean;
  readonly streams: Partial<Record<StreamName, StoredStream>>;
}

/** All of a stream, as far as it is kept. */
const ALL = { from: 0, to: Number.POSITIVE_INFINITY };

/** Reads what a run has kept of what its tasks printed, also while it goes on. */
export class OutputReader {
  readonly #fd: number;
  readonly #wants: (taskId: number) => boolean;
  readonly #attempts = new Map<number, StoredAttempt[]>();
  #end = 0;
  #runs = 0;
  #begun: number | undefined;
  #torn: TornPart[] = [];
  /** The frame that was read last, as tasks of one frame are read one after the other. */
  #last: { readonly frame: Bytes; readonly data: Promise<Buffer> } | undefined;

  private constructor(fd: number, wants: (taskId: number) => boolean) {
    this.#fd = fd;
    this.#wants = wants;
  }

  /**
   * Opens a run's output file. To be closed.
   *
   * @param wants of which tasks something is to be read.
   * @returns undefined when it is not there: nothing has been kept.
   * @throws ForeignFileError, the system's error.
   */
  static open(path: string, wants: (taskId: number) => boolean = () => true): OutputReader | undefined {
    let reader: OutputReader;
    try {
      reader = new OutputReader(openOwnFile(path), wants);
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return undefined;
      throw error;
    }
    try {
      reader.update();
      return reader;
    } catch (error) {
      reader.close();
      throw error;
    }
  }

  /** Reads what has come. @returns the attempts that are new, or of which there is more. @throws the system's error. */
  update(): StoredAttempt[] {
    const changed = new Set<StoredAttempt>();
    this.#torn = this.#torn.filter(({ isEnd }) => !isEnd);
    const { size } = fstatSync(this.#fd);
    this.#end = scanFrames(this.#fd, this.#end, size, {
      frame: (frame) => this.#take(frame, changed),
      torn: (part) => this.#torn.push(part),
    });
    return [...changed];
  }

  /** Parts of the file that cannot be read. The last may be about to be written, while the run goes on. */
  get torn(): readonly TornPart[] {
    return this.#torn;
  }

  /** The tasks of which something is kept, in order. */
  get tasks(): number[] {
    return [...this.#attempts.keys()].toSorted((a, b) => a - b);
  }

  /** What is kept of a task, its last attempt at the end. */
  attempts(taskId: number): readonly StoredAttempt[] {
    return this.#attempts.get(taskId) ?? [];
  }

  /** Whether an attempt is of a run before the one that has started at this Unix time, as far as the file tells. */
  isOfEarlierRun({ run, begun }: StoredAttempt, started: number | undefined): boolean {
    return run < this.#runs || (begun !== undefined && started !== undefined && begun < started);
  }

  /** Whether this path is still that of the file, and nothing has been cut off that was read. @throws the system's error. */
  isAt(path: string): boolean {
    const there = lstatSync(path, { throwIfNoEntry: false });
    const { dev, ino, size } = fstatSync(this.#fd);
    return there !== undefined && there.dev === dev && there.ino === ino && size >= this.#end;
  }

  /**
   * The bytes of a stream, as far as they are kept.
   *
   * @param range the part that is wanted, counted from the first byte that was written, kept or not.
   * @throws Error when they are damaged, or their file is gone; ForeignFileError.
   */
  async read(attempt: StoredAttempt, stream: StreamName, { from, to } = ALL): Promise<Buffer> {
    const stored = attempt.streams[stream];
    if (stored === undefined) return Buffer.alloc(0);
    const template = stored.parts[0]?.frame.files;
    if (template !== undefined) {
      const path = outputPath(template, { ...attempt, stream });
      if (this.#isReplaced(attempt, stream, path)) throw new Error(`a later attempt has written to ${path}`);
      return readNamedFile(path, Math.max(0, from - stored.missing), to - stored.missing);
    }
    const pieces: Buffer[] = [];
    for (const part of stored.parts.toSorted((a, b) => a.from - b.from)) {
      const first = Math.max(0, from - part.from);
      const last = Math.min(part.length, to - part.from);
      if (first >= last) continue;
      pieces.push((await this.#expanded(part.frame)).subarray(part.offset + first, part.offset + last));
    }
    return Buffer.concat(pieces);
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Whether the file by this name is that of a later attempt of the task. */
  #isReplaced(attempt: StoredAttempt, stream: StreamName, path: string): boolean {
    const attempts = this.attempts(attempt.taskId);
    return attempts.slice(attempts.indexOf(attempt) + 1).some((later) => {
      const template = later.streams[stream]?.parts[0]?.frame.files;
      return template !== undefined && outputPath(template, { ...later, stream }) === path;
    });
  }

  #take(frame: PlacedFrame, changed: Set<StoredAttempt>): void {
    if (frame.begun !== undefined) {
      this.#runs++;
      this.#begun = frame.begun;
    }
    const bytes: Bytes = { at: frame.at, length: frame.length, files: frame.files, raw: frame.pieces };
    let offset = 0;
    for (const piece of frame.pieces) {
      if (this.#wants(piece.taskId))
        changed.add(this.#add(piece, { frame: bytes, offset, length: piece.length, from: piece.from }));
      offset += piece.length;
    }
  }

  #add(piece: OutputPiece, part: Part): StoredAttempt {
    const { taskId, attempt, stream, from, start = from, bytes = from, failed = false } = piece;
    const run = this.#runs;
    let list = this.#attempts.get(taskId);
    if (list === undefined) this.#attempts.set(taskId, (list = []));
    let stored = list.find((one) => one.run === run && one.attempt === attempt);
    if (stored === undefined) {
      stored = { taskId, attempt, run, begun: this.#begun, failed, streams: {} };
      // Attempts on lost engines may come late.
      const at = list.findIndex((one) => one.run > run || (one.run === run && one.attempt > attempt));
      list.splice(at < 0 ? list.length : at, 0, stored);
    }
    const { parts } = stored.streams[stream] ?? { parts: [] };
    // An engine says again what a driver may not have had.
    const isKnown = parts.some((one) => one.from === from);
    stored.streams[stream] = { bytes, missing: start, parts: isKnown ? parts : [...parts, part] };
    return stored;
  }

  #expanded(frame: Bytes): Promise<Buffer> {
    if (this.#last?.frame !== frame) {
      const data = Buffer.alloc(frame.length);
      readSync(this.#fd, data, 0, frame.length, frame.at);
      this.#last = { frame, data: expand(data, frame.raw) };
    }
    return this.#last.data;
  }
}

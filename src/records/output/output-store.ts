import * as fs from "node:fs";
import { dirname } from "node:path";
import type { OutputBlock, OutputKeeper } from "../../domain/output.ts";
import { errnoOf } from "../../domain/system-error.ts";
import { continueOwnFile, createOwnFile, ForeignFileError, reasonOf } from "../../files/own-file.ts";
import { encodeOutputFrame } from "./format.ts";
import type { NamedFiles } from "./named-files.ts";
import { isOtherFile, scanFrames } from "./scan.ts";

/** Nobody else can read what tasks print: secrets may be among it. */
const MODE = 0o600;
/** Bytes that may wait for the disk. What comes while so many do is lost. */
const MOST_WAITING = 64 * 1024 * 1024;
/** Bytes that are written at once. */
const MOST_AT_ONCE = 1024 * 1024;
/** So much is left free for the records of the run, in bytes; on a small file system a twentieth of it. */
const RESERVE = 16 * 1024 * 1024;
const RESERVE_SHARE = 1 / 20;
/** How often it is looked how much is free: after so many milliseconds, or so many bytes. */
const LOOK_MS = 1_000;
const LOOK_BYTES = 4 * 1024 * 1024;

/** The system's calls that tests replace. */
export interface StoreIo {
  write(fd: number, bytes: Buffer, done: (error: Error | null, written: number) => void): void;
  statfs(
    path: string,
    done: (error: Error | null, stats: Pick<fs.StatsFs, "bavail" | "blocks" | "bsize">) => void,
  ): void;
}

export interface OutputStoreOptions {
  readonly path: string;
  /** An earlier driver of the same run may have written to the file. */
  readonly goesOn: boolean;
  /** Files by name that the bytes go into in place of this one. */
  readonly files?: NamedFiles | undefined;
  /** Told in one line what cannot be kept, once for each cause. */
  readonly warn: (message: string) => void;
  /** Unix time in seconds. */
  readonly now: () => number;
  readonly io?: StoreIo | undefined;
}

interface Waiting {
  readonly block: OutputBlock;
  readonly done: () => void;
}

/**
 * Keeps what tasks print in the run's output file. Nothing waits for it: what it cannot write soon enough is lost, which is told
 * once. The file is made when there is something to keep.
 */
export class OutputStore implements OutputKeeper {
  readonly #options: OutputStoreOptions;
  readonly #io: StoreIo;
  readonly #said = new Set<string>();
  /** Whether it has kept something that a failed task has printed. */
  hasFailures = false;
  #fd: number | undefined;
  /** Where the last whole frame ends, in bytes. */
  #end = 0;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #working: Promise<void> | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #unlooked = 0;
  #hasRoom = true;
  /** Bytes that were free at the last look, beyond what is left to the records. */
  #free = 0;
  /** The file cannot be used. */
  #isBroken = false;

  constructor(options: OutputStoreOptions) {
    this.#options = options;
    this.#io = options.io ?? SYSTEM;
  }

  keep(block: OutputBlock, done: () => void): void {
    if (this.#isBroken) return done();
    if (this.#waitingBytes > MOST_WAITING) {
      this.#warn("the disk is too slow for it");
      return done();
    }
    this.#waiting.push({ block, done });
    this.#waitingBytes += block.data.length;
    this.#working ??= this.#work();
  }

  /** Resolves when all that was taken is in the file, and on the disk. */
  async close(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
    const fd = this.#fd;
    this.#fd = undefined;
    this.#isBroken = true;
    if (fd === undefined) return;
    await new Promise<void>((resolve) => fs.fdatasync(fd, () => resolve()));
    fs.closeSync(fd);
  }

  async #work(): Promise<void> {
    // One turn gathers what arrives together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      const bytes = batch.reduce((sum, { block }) => sum + block.data.length, 0);
      try {
        await this.#look(bytes);
        if (this.#hasRoom) {
          await this.#write(await this.#framesOf(batch));
          this.hasFailures ||= batch.some(({ block }) => block.pieces.some(({ failed }) => failed === true));
        }
      } catch (error) {
        this.#fail(error);
      }
      this.#waitingBytes -= bytes;
      for (const { done } of batch) done();
    }
    // In the same turn as the last look: what comes next begins anew.
    this.#working = undefined;
  }

  #nextBatch(): Waiting[] {
    let [count, bytes] = [0, 0];
    while (count < this.#waiting.length && bytes < MOST_AT_ONCE)
      bytes += this.#waiting[count++]?.block.data.length ?? 0;
    return this.#waiting.splice(0, count);
  }

  async #framesOf(batch: readonly Waiting[]): Promise<Buffer> {
    const parts: Buffer[] = [];
    const { files } = this.#options;
    for (const { block } of batch) {
      if (files !== undefined) await files.write(block);
      parts.push(
        ...encodeOutputFrame(
          { files: files?.template, pieces: block.pieces },
          files === undefined ? block.data : NOTHING,
        ),
      );
    }
    return Buffer.concat(parts);
  }

  async #write(frames: Buffer): Promise<void> {
    const begun = this.#fd === undefined ? this.#open() : NOTHING;
    const fd = this.#fd;
    if (fd === undefined) return;
    const bytes = begun.length === 0 ? frames : Buffer.concat([begun, frames]);
    for (let written = 0; written < bytes.length;) {
      written += await new Promise<number>((resolve, reject) => {
        this.#io.write(fd, bytes.subarray(written), (error, count) =>
          error === null ? resolve(count) : reject(error),
        );
      });
    }
    this.#end += bytes.length;
  }

  /** Opens the file, or makes it. @returns what is to be written before all else. */
  #open(): Buffer {
    const { path, goesOn, now } = this.#options;
    const begun = (): Buffer => Buffer.concat(encodeOutputFrame({ begun: now(), pieces: [] }, NOTHING));
    try {
      this.#fd = createOwnFile(path, MODE);
      return begun();
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
    }
    const fd = openOutputFile(path);
    this.#fd = fd;
    const { size } = fs.fstatSync(fd);
    const isTorn = { at: size };
    this.#end = scanFrames(fd, 0, size, { frame: () => undefined, torn: ({ at, isEnd }) => isEnd && (isTorn.at = at) });
    // What a driver had half written when it was killed the engines send again.
    if (isTorn.at < size) fs.ftruncateSync(fd, isTorn.at);
    return goesOn ? NOTHING : begun();
  }

  /** Looks now and then whether there is room beside what the records need. */
  async #look(bytes: number): Promise<void> {
    this.#unlooked += bytes;
    const time = performance.now();
    const isNear = this.#hasRoom && this.#unlooked >= this.#free;
    if (time - this.#lookedAt < LOOK_MS && this.#unlooked < LOOK_BYTES && !isNear) return;
    this.#lookedAt = time;
    this.#unlooked = bytes;
    const free = await new Promise<number>((resolve) => {
      this.#io.statfs(dirname(this.#options.path), (error, stats) => {
        const reserve = error === null ? Math.min(RESERVE, stats.blocks * stats.bsize * RESERVE_SHARE) : 0;
        // Where nobody can tell there is room until a write fails.
        resolve(error === null ? stats.bavail * stats.bsize - reserve : Number.POSITIVE_INFINITY);
      });
    });
    this.#free = free;
    this.#hasRoom = free > bytes;
    if (!this.#hasRoom) this.#warn("hardly any space is left on the disk, and the records of the run need it");
  }

  #fail(error: unknown): void {
    if (this.#fd === undefined) this.#isBroken = true;
    else {
      this.#hasRoom = false;
      try {
        fs.ftruncateSync(this.#fd, this.#end);
      } catch {
        // Whoever reads the file passes over what is torn.
      }
    }
    this.#warn(reasonOf(error));
  }

  #warn(why: string): void {
    if (this.#said.has(why)) return;
    this.#said.add(why);
    this.#options.warn(
      `what tasks print is not kept in ${this.#options.files?.template ?? this.#options.path}: ${why}; the run goes on`,
    );
  }
}

/** Opens an output file that is there. @throws ForeignFileError for a file of any other kind; the system's error. */
function openOutputFile(path: string): number {
  const fd = continueOwnFile(path);
  try {
    if (!isOtherFile(fd, fs.fstatSync(fd).size)) return fd;
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
  fs.closeSync(fd);
  throw new ForeignFileError(path, "is no output file of disbatch");
}

/** Makes sure that an output file, or nothing, goes by this name. @throws ForeignFileError; the system's error. */
export function refuseOtherOutput(path: string): void {
  if (fs.existsSync(path)) fs.closeSync(openOutputFile(path));
}

const NOTHING = Buffer.alloc(0);

const SYSTEM: StoreIo = {
  write: (fd, bytes, done) => fs.write(fd, bytes, 0, bytes.length, null, done),
  statfs: (path, done) => fs.statfs(path, done),
};

import * as fs from "node:fs";
import { UserError } from "../../domain/errors.ts";
import { errnoOf } from "../../domain/system-error.ts";
import { continueOwnFile, createOwnFile, reasonOf } from "../../files/own-file.ts";
import { LedgerError } from "./ledger-error.ts";
import { mendTail, type TornLine } from "./mend-tail.ts";

/** The file operations of a ledger; the defaults are those of `node:fs`. */
export interface LedgerIo {
  writeSync(fd: number, bytes: Uint8Array, offset: number, length: number): number;
  fdatasync(fd: number, done: (error: Error | null) => void): void;
}

/** How an existing file is gone on with. */
export interface AppendOptions {
  readonly io?: LedgerIo;
  /** Whether a last line without its newline is whole all the same; none is, unless this says so. */
  readonly isWhole?: ((line: string) => boolean) | undefined;
}

/**
 * A record is on disk at the latest this long after its commit (plus the time that the sync itself takes), in
 * milliseconds. The promise to users is one second.
 */
const SYNC_AFTER_MS = 500;

/** Bytes held without asking for more memory; about 400 lines. */
const FIRST_CAPACITY = 64 << 10;

/** Files that cannot be synced (pipes, some network file systems) say so with one of these; there is nothing to do. */
const CANNOT_SYNC: ReadonlySet<string | undefined> = new Set(["EINVAL", "ENOTSUP", "ENOSYS"]);

/**
 * An append-only text file that loses nothing: a line is held until the system has taken all of it, and what it has
 * taken is synced to the disk within a second.
 */
export class Ledger {
  readonly path: string;
  /** Whether the file had no content when it was opened. */
  readonly startedEmpty: boolean;
  /** Says what the file was found with behind its last newline, and has no more; undefined when there was nothing. */
  readonly dropped: string | undefined;
  readonly #fd: number;
  readonly #io: LedgerIo;
  /** The lines that are held, up to `#filled`; of them the system has taken `#taken` bytes. */
  #buffer = Buffer.allocUnsafe(FIRST_CAPACITY);
  #filled = 0;
  #taken = 0;
  /** Size of the file without the lines that are held, in bytes. */
  #before: number;
  #unsynced = false;
  #timer: NodeJS.Timeout | undefined;
  #syncing: Promise<void> | undefined;
  /** Stays: after a failed sync nobody can tell which records are on disk. */
  #syncError: LedgerError | undefined;
  #closed = false;
  #isGone = false;

  private constructor(path: string, fd: number, io: LedgerIo, size: number, torn?: TornLine) {
    this.path = path;
    this.startedEmpty = size === 0;
    this.#before = size;
    this.dropped = torn === undefined ? undefined : describeTorn(path, torn);
    this.#fd = fd;
    this.#io = io;
  }

  /**
   * Starts a new file.
   *
   * @param mode permissions, less the umask.
   * @throws UserError `prefix-in-use` when the file exists, `record-unusable` when it cannot be made.
   */
  static create(path: string, io: LedgerIo = fs, mode = 0o644): Ledger {
    try {
      return new Ledger(path, createOwnFile(path, mode), io, 0);
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw unusable(path, "create", error);
      throw new UserError("prefix-in-use", `${path} exists already: choose another prefix, or resume from it`, {
        cause: error,
      });
    }
  }

  /**
   * Goes on with an existing file of this user's, whose last line is dropped when it has no newline.
   *
   * @throws UserError `record-unusable` when it does not exist, cannot be read and written, or is somebody else's.
   */
  static append(path: string, { io = fs, isWhole }: AppendOptions = {}): Ledger {
    let fd: number | undefined;
    try {
      fd = continueOwnFile(path);
      const torn = mendTail(fd, isWhole);
      return new Ledger(path, fd, io, fs.fstatSync(fd).size, torn);
    } catch (error) {
      if (fd !== undefined) fs.closeSync(fd);
      throw unusable(path, "append to", error);
    }
  }

  /** Where the next line will begin in the file, in bytes. */
  get end(): number {
    return this.#before + this.#filled;
  }

  /** Takes a line, given without its newline; it is in the file after the next `commit`. */
  write(line: string): void {
    // One UTF-16 unit takes three bytes at the most.
    this.#reserve(line.length * 3 + 1);
    // Encoded line by line: putting many small texts together first costs many times as much.
    this.#filled += this.#buffer.write(`${line}\n`, this.#filled, "utf8");
  }

  /** The same for a line that may not be UTF-8. */
  writeBytes(line: Uint8Array): void {
    this.#reserve(line.length + 1);
    this.#buffer.set(line, this.#filled);
    this.#filled += line.length + 1;
    this.#buffer.write("\n", this.#filled - 1);
  }

  /**
   * Writes all lines that are held. What could not be written stays held, to the byte, and the next commit goes on there.
   *
   * @throws LedgerError when not everything could be written, or an earlier sync failed.
   */
  commit(): void {
    if (this.#filled > 0) this.#writeHeld();
    if (this.#syncError !== undefined) throw this.#syncError;
  }

  /** Drops the lines that are held, as if they had not been taken: also what of them is in the file already, if it can be cut. */
  dropHeld(): void {
    if (this.#taken > 0) {
      try {
        fs.ftruncateSync(this.#fd, fs.fstatSync(this.#fd).size - this.#taken);
      } catch {
        // Then it has to be written whole.
        return;
      }
    }
    this.#filled = 0;
    this.#taken = 0;
  }

  /** Whether somebody had removed the file, or put another in its place, by the time it was closed. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** The lines that are not, or not wholly, in the file. */
  unwritten(): string {
    return this.#buffer.toString("utf8", this.#startOfTornLine(), this.#filled);
  }

  /**
   * Writes what is held, waits until everything is on disk, and closes the file. When a line still cannot be written
   * whole, its beginning is taken back, so that no reader meets a torn record.
   *
   * @throws LedgerError when something could not be written or synced; `unwritten` still tells what.
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    let failure: unknown;
    try {
      this.commit();
    } catch (error) {
      failure = error;
      this.#takeBackTornLine();
    }
    clearTimeout(this.#timer);
    await this.#syncing;
    if (this.#unsynced) await this.#sync();
    this.#isGone = !isStillAt(this.path, this.#fd);
    fs.closeSync(this.#fd);
    failure ??= this.#syncError;
    if (failure !== undefined) throw failure;
  }

  #reserve(bytes: number): void {
    if (this.#filled + bytes <= this.#buffer.length) return;
    this.#buffer = Buffer.concat([this.#buffer], Math.max(2 * this.#buffer.length, this.#filled + bytes));
  }

  #writeHeld(): void {
    try {
      while (this.#taken < this.#filled) {
        const count = this.#io.writeSync(this.#fd, this.#buffer, this.#taken, this.#filled - this.#taken);
        if (count === 0) throw new Error("the system takes no bytes");
        this.#taken += count;
        this.#unsynced = true;
      }
      this.#before += this.#filled;
      this.#filled = 0;
      this.#taken = 0;
    } catch (error) {
      throw new LedgerError(this.path, "write", error);
    } finally {
      this.#armSync();
    }
  }

  #startOfTornLine(): number {
    return this.#taken === 0 ? 0 : this.#buffer.lastIndexOf("\n", this.#taken - 1) + 1;
  }

  #takeBackTornLine(): void {
    const torn = this.#taken - this.#startOfTornLine();
    if (torn === 0) return;
    try {
      fs.ftruncateSync(this.#fd, fs.fstatSync(this.#fd).size - torn);
      this.#taken -= torn;
    } catch {
      // The reader of the file copes with a torn line; the failed write is what the user is told.
    }
  }

  #armSync(): void {
    if (!this.#unsynced || this.#closed || this.#timer !== undefined || this.#syncing !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#syncing = this.#sync().finally(() => {
        this.#syncing = undefined;
        this.#armSync();
      });
    }, SYNC_AFTER_MS);
    this.#timer.unref();
  }

  /** Never rejects: a failure is kept for the next commit. */
  #sync(): Promise<void> {
    this.#unsynced = false;
    return new Promise((resolve) => {
      this.#io.fdatasync(this.#fd, (error) => {
        if (error !== null && error !== undefined && !CANNOT_SYNC.has(errnoOf(error))) {
          this.#syncError ??= new LedgerError(this.path, "bring to the disk", error);
        }
        resolve();
      });
    });
  }
}

/** Whether this open file still goes by its name; true, too, where that cannot be found out. */
function isStillAt(path: string, fd: number): boolean {
  try {
    const [found, open] = [fs.statSync(path, { throwIfNoEntry: false }), fs.fstatSync(fd)];
    return found !== undefined && found.ino === open.ino && found.dev === open.dev;
  } catch {
    return true;
  }
}

function describeTorn(path: string, { bytes, text }: TornLine): string {
  return `${path}: its last line had no newline, so it was none, and was dropped; its ${bytes} bytes: ${text}`;
}

function unusable(path: string, doing: string, cause: unknown): UserError {
  return new UserError("record-unusable", `cannot ${doing} ${path}: ${reasonOf(cause)}`, { cause });
}

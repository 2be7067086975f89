/** What a task writes to stdout and stderr goes into files that have no name. */

import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  statfsSync,
  unlinkSync,
} from "node:fs";
import { join } from "node:path";
import type { KeptStream } from "../../domain/output.ts";
import { type Leak, NO_LEAK } from "../../domain/result.ts";
import { errnoOf } from "../../domain/system-error.ts";
import { punchHole } from "./punch-hole.ts";

/** Bytes shown from either end of what was written. */
const SNIPPET_END = 40;

/** A longer file is hollowed out while the task runs: its ends stay, the disk gets the rest back. */
const MOST_KEPT = 64 * 1024 * 1024;
/** The same where space is short. */
export const LESS_KEPT = 1024 * 1024;

/** A folder has room for tasks to come as long as so many bytes are free; on a small file system, a twentieth of it. */
const ENOUGH_FREE = 16 * 1024 * 1024;
const ENOUGH_SHARE = 1 / 20;
/** Less than this is nothing: file systems give out space in blocks that are no larger. Bytes. */
const ANY_FREE = 64 * 1024;

/** __O_TMPFILE of Linux with O_DIRECTORY, as fcntl.h has it; Node does not name it. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;
const APPEND = constants.O_RDWR | constants.O_APPEND;

/** Where capture files are made. */
export class CaptureFolder {
  readonly path: string;
  readonly #mostKept: number;
  readonly #keptEnd: number;
  #nameless = process.platform === "linux";
  #count = 0;
  #wasThere = false;

  /**
   * @param path must exist and be writable.
   * @param mostKept a longer file is hollowed out while its task runs, in bytes.
   * @param keptEnd bytes at its end that stay, at least.
   */
  constructor(path: string, mostKept = MOST_KEPT, keptEnd = 0) {
    this.path = path;
    this.#mostKept = mostKept;
    this.#keptEnd = keptEnd;
  }

  /** Whether what tasks are going to write finds room there. */
  room(): "enough" | "short" | "none" {
    try {
      const { bavail, blocks, bsize, files, ffree } = statfsSync(this.path);
      const free = files > 0 && ffree === 0 ? 0 : bavail * bsize;
      if (free >= Math.min(ENOUGH_FREE, blocks * bsize * ENOUGH_SHARE)) return "enough";
      return free >= ANY_FREE ? "short" : "none";
    } catch (error) {
      // A folder that a task has removed is made anew.
      return errnoOf(error) === "ENOENT" && this.#wasThere ? "enough" : "none";
    }
  }

  /** A fresh, empty file. @throws the system's error. */
  open(): Capture {
    const capture = new Capture(this.#openFile(), this.#mostKept, this.#keptEnd);
    this.#wasThere = true;
    return capture;
  }

  #openFile(): number {
    if (this.#nameless) {
      try {
        return openSync(this.path, APPEND | O_TMPFILE, 0o600);
      } catch (error) {
        if (this.#wasThere && errnoOf(error) === "ENOENT" && !existsSync(this.path)) {
          // A task has removed the folder; the next ones need it all the same.
          mkdirSync(this.path, { recursive: true, mode: 0o700 });
          return this.#openFile();
        }
        // Some file systems (NFS among them) have no nameless files.
        if (!["EOPNOTSUPP", "ENOTSUP", "EISDIR", "EINVAL"].includes(errnoOf(error) ?? "")) throw error;
        this.#nameless = false;
      }
    }
    const path = join(this.path, `disbatch-${process.pid}-${this.#count++}`);
    const fd = openSync(path, APPEND | constants.O_CREAT | constants.O_EXCL, 0o600);
    unlinkSync(path);
    return fd;
  }
}

/** The file behind one standard stream of one task. */
export class Capture {
  readonly fd: number;
  /** Bytes in the file when it was last hollowed out; 0 when it has not been. */
  #hollow = 0;
  #hollowed = false;
  /** Bytes that were dropped where holes cannot be made, and the first of them. */
  #emptied = 0;
  #head: Buffer | undefined;
  /** Counts the tasks that the file has served; what was begun for one must not touch the next. */
  #use = 0;

  readonly #mostKept: number;
  readonly #keptEnd: number;

  /**
   * @param mostKept a longer file is hollowed out by `bound`, in bytes.
   * @param keptEnd bytes at its end that stay, at least, where holes can be made.
   */
  constructor(fd: number, mostKept = MOST_KEPT, keptEnd = 0) {
    this.fd = fd;
    this.#mostKept = mostKept;
    this.#keptEnd = keptEnd;
  }

  /**
   * Gives back the disk space of all but the ends of a long file. To be called now and then while the task runs.
   *
   * @param mostKept what is no longer is left alone, in bytes.
   * @param neededFrom bytes from this one on are still asked for; missing when none are.
   */
  async bound(mostKept = this.#mostKept, neededFrom?: number): Promise<void> {
    const size = Math.min(fstatSync(this.fd).size, neededFrom ?? Number.POSITIVE_INFINITY);
    if (size - this.#hollow <= mostKept + this.#keptEnd) return;
    this.#hollowed = true;
    this.#hollow = size;
    const use = this.#use;
    // Where holes cannot be made the file is emptied; what is written at that very moment goes uncounted.
    if ((await punchHole(this.fd, size, this.#keptEnd)) || use !== this.#use || neededFrom !== undefined) return;
    if (this.#emptied === 0) this.#head = this.#read(0, SNIPPET_END);
    this.#emptied += fstatSync(this.fd).size;
    ftruncateSync(this.fd);
    this.#hollow = 0;
  }

  /** The end of what was written so far. @param most bytes of it. @returns undefined when that is nothing. */
  tail(most: number): KeptStream | undefined {
    const { size } = fstatSync(this.fd);
    const bytes = this.#emptied + size;
    if (bytes === 0) return undefined;
    const length = Math.min(size, most);
    return { bytes, tail: this.#read(size - length, length) };
  }

  /**
   * What was written so far, from some byte on.
   *
   * @param from bytes that come before; where these are gone already, more do.
   * @param most bytes of it.
   */
  after(from: number, most: number): { readonly from: number; readonly data: Buffer } {
    const { size } = fstatSync(this.fd);
    const first = Math.max(from, this.#emptied);
    const length = Math.max(0, Math.min(most, this.#emptied + size - first));
    return { from: first, data: length === 0 ? Buffer.alloc(0) : this.#read(first - this.#emptied, length) };
  }

  /** Bytes that were written so far. */
  get bytes(): number {
    return this.#emptied + fstatSync(this.fd).size;
  }

  /** What was written so far. */
  look(): Leak {
    return this.#leak();
  }

  /** What was written. Closes the file. */
  take(): Leak {
    this.#use++;
    try {
      return this.#leak();
    } finally {
      closeSync(this.fd);
    }
  }

  /** Whether the file has been hollowed out, or is being so at this moment. */
  get hollowed(): boolean {
    return this.#hollowed;
  }

  /** What was written. The file is empty again; that nobody else writes into it is for the caller to know. */
  takeAndEmpty(): Leak {
    this.#use++;
    const leak = this.#leak();
    if (leak.bytes > 0) ftruncateSync(this.fd);
    return leak;
  }

  /** Closes the file without a look at it. */
  discard(): void {
    closeSync(this.fd);
  }

  #leak(): Leak {
    const { size } = fstatSync(this.fd);
    const bytes = this.#emptied + size;
    return bytes === 0 ? NO_LEAK : { bytes, snippet: this.#snippet(size) };
  }

  /** The first 40 bytes, and when there is more, `...` and the last 40, or as many as there are beyond the first 40. */
  #snippet(size: number): string {
    const head = this.#head ?? this.#read(0, Math.min(size, SNIPPET_END));
    const beyond = this.#head === undefined ? size - SNIPPET_END : size;
    if (beyond <= 0) return head.toString("utf8");
    const tail = Math.min(beyond, SNIPPET_END);
    return Buffer.concat([head, Buffer.from("..."), this.#read(size - tail, tail)]).toString("utf8");
  }

  #read(position: number, length: number): Buffer {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(this.fd, buffer, 0, length, position));
  }
}

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
  unlinkSync,
} from "node:fs";
import { join } from "node:path";
import { type Leak, NO_LEAK } from "../domain/result.ts";
import { errnoOf } from "../domain/system-error.ts";
import { punchHole } from "./punch-hole.ts";

/** Bytes shown from either end of what was written. */
const SNIPPET_END = 40;

/** A longer file is hollowed out while the task runs: its ends stay, the disk gets the rest back. */
const MOST_KEPT = 64 * 1024 * 1024;

/** __O_TMPFILE of Linux with O_DIRECTORY, as fcntl.h has it; Node does not name it. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;
const APPEND = constants.O_RDWR | constants.O_APPEND;

/** Where capture files are made. */
export class CaptureFolder {
  readonly #folder: string;
  #nameless = process.platform === "linux";
  #count = 0;
  #wasThere = false;

  /** @param folder must exist and be writable. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A fresh, empty file. @throws the system's error. */
  open(): Capture {
    const capture = new Capture(this.#openFile());
    this.#wasThere = true;
    return capture;
  }

  #openFile(): number {
    if (this.#nameless) {
      try {
        return openSync(this.#folder, APPEND | O_TMPFILE, 0o600);
      } catch (error) {
        if (this.#wasThere && errnoOf(error) === "ENOENT" && !existsSync(this.#folder)) {
          // A task has removed it; the next ones need it all the same.
          mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
          return this.#openFile();
        }
        // Some file systems (NFS among them) have no nameless files.
        if (!["EOPNOTSUPP", "ENOTSUP", "EISDIR", "EINVAL"].includes(errnoOf(error) ?? "")) throw error;
        this.#nameless = false;
      }
    }
    const path = join(this.#folder, `disbatch-${process.pid}-${this.#count++}`);
    const fd = openSync(path, APPEND | constants.O_CREAT | constants.O_EXCL, 0o600);
    unlinkSync(path);
    return fd;
  }
}

/** The file behind one standard stream of one task. */
export class Capture {
  readonly fd: number;
  /** Up to here it has been hollowed out. */
  #hollow = 0;
  #hollowed = false;
  /** Bytes that were dropped where holes cannot be made, and the first of them. */
  #emptied = 0;
  #head: Buffer | undefined;
  /** Counts the tasks that the file has served; what was begun for one must not touch the next. */
  #use = 0;

  constructor(fd: number) {
    this.fd = fd;
  }

  /** Gives back the disk space of all but the ends of a long file. To be called now and then while the task runs. */
  async bound(): Promise<void> {
    const { size } = fstatSync(this.fd);
    if (size - this.#hollow <= MOST_KEPT) return;
    this.#hollowed = true;
    this.#hollow = size;
    const use = this.#use;
    // Where holes cannot be made the file is emptied; what is written at that very moment goes uncounted.
    if ((await punchHole(this.fd, size)) || use !== this.#use) return;
    if (this.#emptied === 0) this.#head = this.#read(0, SNIPPET_END);
    this.#emptied += fstatSync(this.fd).size;
    ftruncateSync(this.fd);
    this.#hollow = 0;
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

  /** It has been hollowed out, or is being so at this moment. */
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

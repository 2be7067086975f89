import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { machine, type } from "node:os";
import { pipeline } from "node:stream/promises";

/** This program, as far as it has to be found on other hosts, or brought there. */
export interface ShippedProgram {
  /** How it was started here: a file and its first arguments. */
  readonly command: readonly [string, ...string[]];
  /** Path of the single executable here, which runs by itself wherever it is copied; missing when there is none. */
  readonly executable?: string | undefined;
  readonly version: string;
}

/** The file that this program stands in: the bundle, or the single executable. */
export interface ProgramFile {
  readonly path: string;
  /** Bytes; 0 when it is not here. */
  readonly size: number;
}

/** The executable as a host gets it. */
export interface Copy {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 in hexadecimal digits. */
  readonly hash: string;
}

/** What other hosts are told about this program; looked up once, and only when asked for. */
export class ProgramHere {
  readonly version: string;
  readonly #program: ShippedProgram;
  #own: ProgramFile | undefined;
  #copy: Promise<Copy> | undefined;

  constructor(program: ShippedProgram) {
    this.#program = program;
    this.version = program.version;
  }

  /** How it is started: a file and its first arguments. The file may be a runtime's, which is no part of it. */
  get command(): readonly [string, ...string[]] {
    return this.#program.command;
  }

  /** Kind of machine that the executable is made for, as `uname -s -m` has it. */
  get machine(): string {
    return `${type()} ${machine()}`;
  }

  get own(): ProgramFile {
    if (this.#own === undefined) {
      const [runtime, path = runtime] = this.command;
      this.#own = { path, size: statSync(path, { throwIfNoEntry: false })?.size ?? 0 };
    }
    return this.#own;
  }

  /** What can be copied; undefined when that is nothing. @throws Error of the file system. */
  copy(): Promise<Copy> | undefined {
    const { executable } = this.#program;
    if (executable !== undefined) this.#copy ??= describe(executable);
    return this.#copy;
  }
}

async function describe(path: string): Promise<Copy> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return { path, size: statSync(path).size, hash: hash.digest("hex") };
}

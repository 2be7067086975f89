import { closeSync, existsSync, openSync, renameSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../domain/errors.ts";
import { EXIT } from "../../domain/exit-codes.ts";
import { errnoText } from "../../domain/system-error.ts";
import { makeInStageNow } from "../../files/outputs/stage-folder.ts";

/** Characters that are written at a time. */
const PIECE = 1 << 16;

/** Lists of paths that tasks of a run get as files: one path a line. */
export class ListFiles {
  readonly #folder: string;
  readonly #there = new Set<string>();

  /** @param stage absolute path of the folder of the run, which is made when there is a list. */
  constructor(stage: string) {
    this.#folder = join(stage, "lists");
  }

  /**
   * Keeps a list, unless there is one of that name: then a driver that has died has kept it.
   *
   * @returns absolute path of the file.
   * @throws UserError `list-unwritable`.
   */
  keep(name: string, paths: Iterable<string>): string {
    const path = join(this.#folder, name);
    if (this.#there.has(name)) return path;
    if (!existsSync(path)) this.#write(path, paths);
    this.#there.add(name);
    return path;
  }

  #write(path: string, paths: Iterable<string>): void {
    try {
      makeInStageNow(dirname(this.#folder), this.#folder);
      write(`${path}.new`, paths);
      renameSync(`${path}.new`, path);
    } catch (error) {
      const message = `cannot write ${path}, a list of what a task is made from: ${errnoText(error)}`;
      throw new UserError("list-unwritable", message, { exitCode: EXIT.unfinished, cause: error });
    }
  }

  /** Removes all lists, and the folders above them that are empty then; what cannot be removed stays. */
  remove(): void {
    try {
      rmSync(this.#folder, { recursive: true, force: true });
    } catch {
      return;
    }
    for (const folder of [dirname(this.#folder), dirname(dirname(this.#folder))]) {
      try {
        rmdirSync(folder);
      } catch {
        return;
      }
    }
  }
}

function write(path: string, paths: Iterable<string>): void {
  const fd = openSync(path, "w");
  try {
    let text = "";
    for (const each of paths) {
      text += `${each}\n`;
      if (text.length < PIECE) continue;
      writeAll(fd, text);
      text = "";
    }
    writeAll(fd, text);
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
}

import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

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
   * @throws Error with an errno.
   */
  keep(name: string, paths: Iterable<string>): string {
    const path = join(this.#folder, name);
    if (this.#there.has(name)) return path;
    if (!existsSync(path)) {
      mkdirSync(this.#folder, { recursive: true });
      write(`${path}.new`, paths);
      renameSync(`${path}.new`, path);
    }
    this.#there.add(name);
    return path;
  }

  /** Removes all lists, and the folders above them that are empty then. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
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

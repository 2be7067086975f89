import type { Stats } from "node:fs";
import * as fs from "node:fs/promises";

/** What is done to files when outputs come into place: one call of the system each, but for `rm`. None of them holds the process up. */
export interface FileCalls {
  lstat(path: string): Promise<Stats>;
  stat(path: string): Promise<Stats>;
  realpath(path: string): Promise<string>;
  readdir(path: string): Promise<string[]>;
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
  /** Adds text to a file, or makes it. */
  append(path: string, text: string): Promise<void>;
  mkdir(path: string, mode?: number): Promise<void>;
  chmod(path: string, mode: number): Promise<void>;
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
  /** Removes a file, or a folder with all that is in it; what is not there is no error. */
  rm(path: string): Promise<void>;
}

export const FILE_CALLS: FileCalls = {
  lstat: (path) => fs.lstat(path),
  stat: (path) => fs.stat(path),
  realpath: (path) => fs.realpath(path),
  readdir: (path) => fs.readdir(path),
  read: (path) => fs.readFile(path, "utf8"),
  write: (path, text) => fs.writeFile(path, text),
  append: (path, text) => fs.appendFile(path, text),
  mkdir: (path, mode) => fs.mkdir(path, mode),
  chmod: (path, mode) => fs.chmod(path, mode),
  link: (from, to) => fs.link(from, to),
  rename: (from, to) => fs.rename(from, to),
  unlink: (path) => fs.unlink(path),
  rmdir: (path) => fs.rmdir(path),
  rm: (path) => fs.rm(path, { recursive: true, force: true }),
};

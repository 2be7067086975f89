/**
 * Files of a run, opened so that nothing of somebody else's can stand in for them. A folder may be one that others can write
 * (a group's, or one like /tmp), where they may put a link, a pipe, a device, a folder or a file of theirs under any name.
 */

import { randomBytes } from "node:crypto";
import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { UserError } from "../domain/errors.ts";

/** No link is followed, and no pipe or terminal is waited for. */
const SAFELY = constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Permissions that let others than the owner write. */
const OTHERS_WRITE = 0o022;

/** A file that must not be there yet, and is open for reading and appending. @throws the system's error, EEXIST as a rule. */
export function createOwnFile(path: string, mode = 0o644): number {
  return openSync(path, SAFELY | constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL, mode);
}

/**
 * A file of this user that is there, open for reading.
 *
 * @throws UserError `foreign-file` when it is not a regular file that only this user can write; the system's error.
 */
export function openOwnFile(path: string): number {
  return checked(openSync(path, SAFELY | constants.O_RDONLY), path);
}

/**
 * A file of this user, open for reading and appending, which is made when it is missing.
 *
 * @throws UserError `foreign-file` when it is not a regular file that only this user can write; the system's error.
 */
export function appendOwnFile(path: string, mode = 0o644): number {
  return checked(openSync(path, SAFELY | constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, mode), path);
}

/**
 * The text of a file of this user.
 *
 * @param most bytes; a larger file is refused.
 * @throws UserError `foreign-file` as `openOwnFile` does, and for a larger file; the system's error.
 */
export function readOwnFile(path: string, most: number): string {
  const fd = openOwnFile(path);
  try {
    const { size } = fstatSync(fd);
    if (size > most) throw foreignFile(path, `is larger (${size} bytes) than any that disbatch makes`);
    const bytes = Buffer.alloc(size);
    let filled = 0;
    while (filled < size) {
      const count = readSync(fd, bytes, filled, size - filled, filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.toString("utf8", 0, filled);
  } finally {
    closeSync(fd);
  }
}

/**
 * Puts a file with this text in the place of an earlier one, if there is one. Who reads it meanwhile finds either, never half
 * of one, and it is on the disk before it counts.
 *
 * @throws the system's error; then nothing new is left.
 */
export function replaceOwnFile(path: string, text: string, mode: number): void {
  // Nobody can know the name beforehand, and `dropUnfinished` finds it again.
  const made = `${path}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
  const fd = createOwnFile(made, mode);
  try {
    try {
      const bytes = Buffer.from(text);
      for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(made, path);
  } catch (error) {
    rmSync(made, { force: true });
    throw error;
  }
}

/** Why a file is none that this user's run can trust; undefined for one that it can. */
export function whyForeign({ isRegular, owner, mode, names }: FileFacts, user: number | undefined): string | undefined {
  if (!isRegular) return "is not a regular file";
  if (user !== undefined && owner !== user) return `belongs to another user (number ${owner})`;
  if ((mode & OTHERS_WRITE) !== 0) return "can be written by other users";
  if (names > 1) return "has another name elsewhere (a hard link)";
  return undefined;
}

/** What the system says of an open file. */
export interface FileFacts {
  readonly isRegular: boolean;
  /** User id. */
  readonly owner: number;
  /** Permission bits. */
  readonly mode: number;
  /** Hard links. */
  readonly names: number;
}

/** @throws UserError `foreign-file`, after the file was closed. */
function checked(fd: number, path: string): number {
  const stat = fstatSync(fd);
  const facts = { isRegular: stat.isFile(), owner: stat.uid, mode: stat.mode, names: stat.nlink };
  const why = whyForeign(facts, process.geteuid?.());
  if (why === undefined) return fd;
  closeSync(fd);
  throw foreignFile(path, why);
}

function foreignFile(path: string, why: string): UserError {
  return new UserError("foreign-file", `${path} ${why}: it is not used; move it away, or choose another prefix (-p)`);
}

/**
 * Files of a run, opened so that nothing of somebody else's can stand in for them. A folder may be one that others can write
 * (a group's, or one like /tmp), where they may put a link, a pipe, a device, a folder or a file of theirs under any name.
 */

import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { UserError } from "../domain/errors.ts";
import { shellWords } from "../domain/shell-words.ts";
import { errnoOf, errnoText } from "../domain/system-error.ts";

/** No link is followed, and no pipe or terminal is waited for. */
const SAFELY = fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY;
const TO_APPEND = SAFELY | fs.constants.O_RDWR | fs.constants.O_APPEND;

/** Permissions that let others than the owner write. */
const OTHERS_WRITE = 0o022;
/** Permissions that let others than the owner read. */
const OTHERS_READ = 0o044;

/** What stands behind a name that cannot even be opened as a file, by the errno of the attempt. */
const NO_FILE: ReadonlyMap<string | undefined, string> = new Map([
  ["ELOOP", "is a symbolic link"],
  ["EISDIR", "is a folder"],
  ["ENXIO", "is not a regular file"],
]);

/**
 * Who may write a file besides its owner: nobody, where it holds secrets or commands; or whomever the owner has let, where it
 * only says what has happened.
 */
export type Writers = "owner" | "others";

/** A file that is there, and that this user's run may not use. */
export class ForeignFileError extends UserError {
  /** What is wrong with it, as the end of a sentence that begins with its path. */
  readonly why: string;

  constructor(path: string, why: string, cause?: unknown) {
    const message = `${path} ${why}, so it is not used; move it away, or choose another prefix (-p)`;
    super("foreign-file", message, { cause });
    this.name = "ForeignFileError";
    this.why = why;
  }
}

/** Why a file could not be opened, read or written, without its path: `it is a symbolic link`, `no such file (ENOENT)`. */
export function reasonOf(error: unknown): string {
  return error instanceof ForeignFileError ? `it ${error.why}` : errnoText(error);
}

/** Makes a file that is not there yet, and opens it for reading and appending. @throws the system's error, EEXIST as a rule. */
export function createOwnFile(path: string, mode = 0o644): number {
  return fs.openSync(path, TO_APPEND | fs.constants.O_CREAT | fs.constants.O_EXCL, mode);
}

/** Opens a file of this user that is there, for reading. @throws ForeignFileError, the system's error. */
export function openOwnFile(path: string, writers: Writers = "owner"): number {
  return open(path, SAFELY | fs.constants.O_RDONLY, writers);
}

/** Opens a file of this user that is there, for reading and appending. @throws ForeignFileError, the system's error. */
export function continueOwnFile(path: string): number {
  return open(path, TO_APPEND, "others");
}

/** Opens a file of this user for reading and appending, or makes it. @throws ForeignFileError, the system's error. */
export function appendOwnFile(path: string, mode = 0o644): number {
  try {
    return continueOwnFile(path);
  } catch (error) {
    // Two calls, not one: where anybody may make files, some systems refuse that without saying why.
    if (errnoOf(error) !== "ENOENT") throw error;
    return createOwnFile(path, mode);
  }
}

/**
 * Reads the text of a file of this user that nobody else can write.
 *
 * @param most bytes; a larger file is refused.
 * @throws ForeignFileError, the system's error.
 */
export function readOwnFile(path: string, most: number): string {
  return readWhole(path, openOwnFile(path), most);
}

/**
 * Reads the text of a file of this user that nobody else can read or write, such as one with a password.
 *
 * @param most bytes; a larger file is refused.
 * @throws ForeignFileError, the system's error.
 */
export function readSecretFile(path: string, most: number): string {
  const fd = openOwnFile(path);
  const mode = fs.fstatSync(fd).mode;
  if ((mode & OTHERS_READ) === 0) return readWhole(path, fd, most);
  fs.closeSync(fd);
  throw new ForeignFileError(path, `can be read by other users (chmod 600 ${shellWords([path])})`);
}

/** Closes the file. */
function readWhole(path: string, fd: number, most: number): string {
  try {
    const { size } = fs.fstatSync(fd);
    if (size > most) throw new ForeignFileError(path, `is larger (${size} bytes) than any that disbatch makes`);
    const bytes = Buffer.alloc(size);
    let filled = 0;
    while (filled < size) {
      const count = fs.readSync(fd, bytes, filled, size - filled, filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.toString("utf8", 0, filled);
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * Puts a file with this text in the place of an earlier one of this user's, if there is one. Readers find either file, never
 * half of one, and the new one is on the disk before it counts.
 *
 * @param mode permissions, whatever the user's mask takes away.
 * @throws ForeignFileError when something else stands there, or the new file does not count as this user's; the system's error.
 *   Nothing new is left then.
 */
export function replaceOwnFile(path: string, text: string, mode: number): void {
  refuseForeign(path);
  // Nobody can know the name beforehand, and `dropUnfinished` finds it again.
  const made = `${path}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
  const fd = createOwnFile(made, mode);
  try {
    try {
      fs.fchmodSync(fd, mode);
      const bytes = Buffer.from(text);
      for (let written = 0; written < bytes.length;) written += fs.writeSync(fd, bytes, written);
      fs.fsyncSync(fd);
      // Some file systems have owners and permissions of their own. Whoever is to read the file would refuse it.
      refuse(path, whyForeign(factsOf(fs.fstatSync(fd)), userId()));
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(made, path);
  } catch (error) {
    fs.rmSync(made, { force: true });
    throw error;
  }
}

/**
 * Makes sure that nothing foreign goes by a name.
 *
 * @throws ForeignFileError when something of that name is no file of this user's; the system's error.
 */
export function refuseForeign(path: string): void {
  const stat = fs.lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  const noFile = stat.isSymbolicLink() ? NO_FILE.get("ELOOP") : stat.isDirectory() ? NO_FILE.get("EISDIR") : undefined;
  refuse(path, noFile ?? whyForeign(factsOf(stat), userId(), "others"));
}

/** Whether a file of that name is there, and is this user's. */
export function isOwnFile(path: string): boolean {
  try {
    refuseForeign(path);
    return fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** The number of the user that a file belongs to, when that is not this one; undefined, too, for what cannot be looked at. */
export function otherOwnerOf(path: string): number | undefined {
  try {
    const owner = fs.statSync(path).uid;
    const user = userId();
    return user === undefined || owner === user ? undefined : owner;
  } catch {
    return undefined;
  }
}

/** What the system says of a file. */
export interface FileFacts {
  readonly isRegular: boolean;
  /** User id. */
  readonly owner: number;
  /** Permission bits. */
  readonly mode: number;
  /** Hard links. */
  readonly names: number;
}

/** Why a file is none that this user's run may use; undefined for one that it may. */
export function whyForeign(
  { isRegular, owner, mode, names }: FileFacts,
  user: number | undefined,
  writers: Writers = "owner",
): string | undefined {
  if (!isRegular) return "is not a regular file";
  if (user !== undefined && owner !== user) return `belongs to another user (number ${owner})`;
  if (writers === "owner" && (mode & OTHERS_WRITE) !== 0) return "can be written by other users";
  if (names > 1) return "has another name elsewhere (a hard link)";
  return undefined;
}

function factsOf(stat: fs.Stats): FileFacts {
  return { isRegular: stat.isFile(), owner: stat.uid, mode: stat.mode, names: stat.nlink };
}

function userId(): number | undefined {
  return process.geteuid?.();
}

function open(path: string, flags: number, writers: Writers): number {
  let fd: number;
  try {
    fd = fs.openSync(path, flags);
  } catch (error) {
    const noFile = NO_FILE.get(errnoOf(error));
    throw noFile === undefined ? error : new ForeignFileError(path, noFile, error);
  }
  try {
    refuse(path, whyForeign(factsOf(fs.fstatSync(fd)), userId(), writers));
    return fd;
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
}

function refuse(path: string, why: string | undefined): void {
  if (why !== undefined) throw new ForeignFileError(path, why);
}

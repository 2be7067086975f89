import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../domain/errors.ts";
import { errnoOf, errnoText } from "../../domain/system-error.ts";
import { createOwnFile, readOwnFile } from "../../files/own-file.ts";
import { removeFile } from "../../files/remove-file.ts";
import { isLiving } from "../../node/process/process-table.ts";
import type { JobStart } from "../../places/slurm/job.ts";
import { bootId } from "./recovery-file.ts";

/**
 * A lock that says nothing for so long was not written to its end: the power failed, or whoever made it was killed where a
 * lock cannot be linked into place. Milliseconds.
 */
const MOST_WRITING_MS = 10_000;

/** What file systems say that have no hard links. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set([
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EMLINK",
  "EINVAL",
]);

/** Bytes; a lock takes a hundred or two. */
const LONGEST_LOCK = 4096;

/** Jobs that may have held a lock. */
interface KnownJobs {
  readonly job: JobStart | undefined;
  readonly ended: string | undefined;
}

/** Keeps a second run away from the files of one that is still going on. */
export class RunLock {
  readonly #path: string;
  readonly #text: string;
  /** An earlier run had it that came to no proper end, and may have left something. */
  readonly tookOver: boolean = false;

  /**
   * @param job what this process is part of: what it held before it was started once more is stale.
   * @param ended a job that is known to be over: what it held is stale, too.
   * @throws UserError `prefix-in-use` when a run that may still be going on holds it, `prefix-unusable` when it cannot be
   *   made.
   */
  constructor(path: string, hostName: string, job?: JobStart, ended?: string) {
    this.#path = path;
    const text = lockText(hostName, job);
    this.#text = text;
    try {
      if (makeLock(path, text)) return;
      const found = readLock(path);
      refuseUnlessStale(path, found, hostName, { job, ended });
      // Of several who find it stale, one makes it anew.
      this.tookOver = true;
      if (takeAway(path, found) && makeLock(path, text)) return;
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError("prefix-unusable", `cannot write ${path}: ${errnoText(error)}`, { cause: error });
    }
    throw inUse(path, "another run");
  }

  /** @returns why it stays, in words, where it cannot be removed; the end of this process makes it stale then. */
  release(): string | undefined {
    // In a folder that was removed and made again, it may be another run's by now.
    return isOther(this.#path, this.#text) ? undefined : removeFile(this.#path);
  }
}

function isOther(path: string, text: string): boolean {
  try {
    return readLock(path) !== text;
  } catch {
    return false;
  }
}

function lockText(hostName: string, job: JobStart | undefined): string {
  const words = [hostName, String(process.pid), bootId(), ...(job === undefined ? [] : [`job=${job.id}`])];
  return `${words.filter((word) => word !== "").join(" ")}\n`;
}

/**
 * Makes a lock that is whole when it is there at all: written under another name, and linked into place.
 *
 * @returns false when there is one already.
 */
function makeLock(path: string, text: string): boolean {
  const made = `${path}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
  try {
    write(made, text);
    return linkLock(made, path, text);
  } finally {
    rmSync(made, { force: true });
  }
}

function linkLock(made: string, path: string, text: string): boolean {
  try {
    linkSync(made, path);
    return true;
  } catch (error) {
    // On NFS the answer to a link that was made may get lost; asked again it says that it is there.
    if (errnoOf(error) === "EEXIST") return lstatSync(made).nlink > 1;
    // Whoever holds the lock by now has tidied up.
    if (errnoOf(error) === "ENOENT") return false;
    if (NO_LINKS.has(errnoOf(error))) return makeInPlace(path, text);
    throw error;
  }
}

/** Makes a lock where there are no links: for a moment it says nothing. @returns false when there is one already. */
function makeInPlace(path: string, text: string): boolean {
  try {
    write(path, text);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    // It may have been made and not been written, on a full disk.
    rmSync(path, { force: true });
    throw error;
  }
}

function write(path: string, text: string): void {
  const fd = createOwnFile(path);
  try {
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written);
  } finally {
    closeSync(fd);
  }
}

/** Takes away other names of a lock, which are left when whoever made it is killed in that moment. */
function dropOtherNames(path: string): void {
  const { ino, dev } = lstatSync(path);
  const start = `${basename(path)}.`;
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(start) || !name.endsWith(".tmp")) continue;
    const other = join(dirname(path), name);
    const stat = lstatSync(other, { throwIfNoEntry: false });
    if (stat?.ino === ino && stat.dev === dev) rmSync(other, { force: true });
  }
}

/** @throws UserError when it has just gone: whoever removed it may make it anew. */
function readLock(path: string): string {
  try {
    if (lstatSync(path).nlink > 1) dropOtherNames(path);
    return readOwnFile(path, LONGEST_LOCK);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") throw inUse(path, "another run");
    throw error;
  }
}

/** Takes a stale lock away. @returns false when it was another one by then, which stays where it was. */
function takeAway(path: string, stale: string): boolean {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    // Another has been quicker.
    if (errnoOf(error) === "ENOENT") return false;
    throw error;
  }
  try {
    const text = readOwnFile(aside, LONGEST_LOCK);
    if (text !== stale) putBack(aside, path, text);
    return text === stale;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Another may have been made meanwhile, which counts. */
function putBack(aside: string, path: string, text: string): void {
  try {
    linkSync(aside, path);
  } catch (error) {
    if (NO_LINKS.has(errnoOf(error))) makeInPlace(path, text);
    else if (errnoOf(error) !== "EEXIST") throw error;
  }
}

/**
 * Takes the lock of a run that is to be over.
 *
 * @param message for people, where it may still go on.
 * @throws UserError `run-goes-on` with that message; `prefix-unusable`.
 */
export function lockOfEndedRun(path: string, hostName: string, message: string): RunLock {
  try {
    return new RunLock(path, hostName);
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== "prefix-in-use") throw error;
    throw new UserError("run-goes-on", message, { cause: error });
  }
}

/** A process of this machine that is gone has no more use for its lock. */
function refuseUnlessStale(path: string, found: string, hostName: string, { job, ended }: KnownJobs): void {
  if (found.trim() === "" && Date.now() - statSync(path).mtimeMs > MOST_WRITING_MS) return;
  const holder = holderIn(found);
  if (holder !== undefined && hasDied(holder, hostName)) return;
  // Slurm starts a job again when it has ended all of it.
  const isOver = holder?.job === ended || (holder?.job === job?.id && (job?.restarts ?? 0) > 0);
  if (holder?.job !== undefined && isOver) return;
  const [host = "", pid = ""] = found.trim().split(" ");
  throw inUse(path, host === "" ? "another run" : `a run on ${host}, process ${pid},`);
}

/** Whether a lock is there, and its run is not. */
export function isStale(path: string, hostName: string): boolean {
  const holder = existsSync(path) ? lockHolder(path) : undefined;
  return holder !== undefined && hasDied(holder, hostName);
}

/** Who has made a lock. */
export interface LockHolder {
  readonly host: string;
  readonly pid: number;
  /** Tells which start of that machine it was; missing where that cannot be known. */
  readonly boot: string | undefined;
  /** The Slurm job that it was part of. */
  readonly job: string | undefined;
}

/** What a lock says of its holder; undefined when it says nothing. */
export function lockHolder(path: string): LockHolder | undefined {
  try {
    return holderIn(readLock(path));
  } catch {
    return undefined;
  }
}

/** Whether the holder is known to be no more. Of processes on other hosts nothing is known. */
export function hasDied({ host, pid, boot }: LockHolder, hostName: string): boolean {
  if (host !== hostName) return false;
  const now = bootId();
  return (boot !== undefined && now !== "" && boot !== now) || isGone(pid);
}

function holderIn(text: string): LockHolder | undefined {
  const [, host, pid, boot, job] = /^(\S+) ([0-9]+)(?: ([^\s=]+))?(?: job=(\S+))?$/.exec(text.trim()) ?? [];
  if (host === undefined || pid === undefined) return undefined;
  return { host, pid: Number(pid), boot, job };
}

/** Another user's process cannot be signalled, but is there. One that was killed is not, even if nobody has asked for it yet. */
function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return existsSync("/proc/self/stat") && !isLiving(pid);
  } catch (error) {
    return errnoOf(error) === "ESRCH";
  }
}

function inUse(path: string, holder: string): UserError {
  return new UserError(
    "prefix-in-use",
    `${path}: ${holder} uses this prefix; choose another, or remove that file if the run is no more`,
  );
}

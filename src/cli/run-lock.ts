import { existsSync, linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { UserError } from "../domain/errors.ts";
import { errnoOf, errnoText } from "../domain/system-error.ts";
import { removeFile } from "../files/remove-file.ts";
import { isLiving } from "../process/process-table.ts";
import { bootId } from "./recovery-file.ts";

/** A lock that says nothing for so long was not written to its end, since the power failed. Milliseconds. */
const MOST_WRITING_MS = 10_000;

/** Jobs that may have held a lock. */
interface KnownJobs {
  readonly job: JobStart | undefined;
  readonly ended: string | undefined;
}

/** A Slurm job, as far as its being started again goes. */
export interface JobStart {
  readonly id: string;
  /** How often it has been started again. */
  readonly restarts: number;
}

/** Keeps a second run away from the files of one that is still going on. */
export class RunLock {
  readonly #path: string;

  /**
   * @param job what this process is part of: what it held before it was started once more is stale.
   * @param ended a job that is known to be over: what it held is stale, too.
   * @throws UserError `prefix-in-use` when a run that may still be going on holds it, `prefix-unusable` when it cannot be
   *   made.
   */
  constructor(path: string, hostName: string, job?: JobStart, ended?: string) {
    this.#path = path;
    const text = lockText(hostName, job);
    try {
      if (makeLock(path, text)) return;
      const found = readLock(path);
      refuseUnlessStale(path, found, hostName, { job, ended });
      // Of several who find it stale, one makes it anew.
      if (takeAway(path, found) && makeLock(path, text)) return;
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError("prefix-unusable", `cannot write ${path}: ${errnoText(error)}`, { cause: error });
    }
    throw inUse(path, "another run");
  }

  /** @returns why it stays, in words, where it cannot be removed; the end of this process makes it stale then. */
  release(): string | undefined {
    return removeFile(this.#path);
  }
}

function lockText(hostName: string, job: JobStart | undefined): string {
  const words = [hostName, String(process.pid), bootId(), ...(job === undefined ? [] : [`job=${job.id}`])];
  return `${words.filter((word) => word !== "").join(" ")}\n`;
}

/** @returns false when there is one already. */
function makeLock(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    // It may have been made and not been written, on a full disk.
    rmSync(path, { force: true });
    throw error;
  }
}

/** @throws UserError when it has just gone: whoever removed it may make it anew. */
function readLock(path: string): string {
  try {
    return readFileSync(path, "utf8");
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
  const isStale = readFileSync(aside, "utf8") === stale;
  try {
    if (!isStale) linkSync(aside, path);
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
  return isStale;
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

/** Who has made a lock. */
export interface LockHolder {
  readonly host: string;
  readonly pid: number;
  /** Tells which start of that machine it was; missing where that cannot be known. */
  readonly boot?: string;
  /** The Slurm job that it was part of. */
  readonly job?: string;
}

/** What a lock says of its holder; undefined when it says nothing. */
export function lockHolder(path: string): LockHolder | undefined {
  try {
    return holderIn(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Whether it is known to be no more. Of processes on other hosts nothing is known. */
export function hasDied({ host, pid, boot }: LockHolder, hostName: string): boolean {
  if (host !== hostName) return false;
  const now = bootId();
  return (boot !== undefined && now !== "" && boot !== now) || isGone(pid);
}

function holderIn(text: string): LockHolder | undefined {
  const [, host, pid, boot, job] = /^(\S+) ([0-9]+)(?: ([^\s=]+))?(?: job=(\S+))?$/.exec(text.trim()) ?? [];
  if (host === undefined || pid === undefined) return undefined;
  return {
    ...{ host, pid: Number(pid) },
    ...(boot === undefined ? {} : { boot }),
    ...(job === undefined ? {} : { job }),
  };
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

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { UserError } from "../domain/errors.ts";
import { errnoOf, errnoText } from "../domain/system-error.ts";
import { isLiving } from "../process/process-table.ts";

/** Keeps a second run away from the files of one that is still going on. */
export class RunLock {
  readonly #path: string;

  /**
   * @throws UserError `prefix-in-use` when a run that may still be going on holds it, `prefix-unusable` when it cannot be
   *   made.
   */
  constructor(path: string, hostName: string) {
    this.#path = path;
    try {
      if (makeLock(path, hostName)) return;
      refuseUnlessStale(path, hostName);
      // Of several who find it stale, one makes it anew.
      rmSync(path, { force: true });
      if (makeLock(path, hostName)) return;
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError("prefix-unusable", `cannot write ${path}: ${errnoText(error)}`, { cause: error });
    }
    throw inUse(path, "another run");
  }

  release(): void {
    rmSync(this.#path, { force: true });
  }
}

/** @returns false when there is one already. */
function makeLock(path: string, hostName: string): boolean {
  try {
    writeFileSync(path, `${hostName} ${process.pid}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    // It may have been made and not been written, on a full disk.
    rmSync(path, { force: true });
    throw error;
  }
}

/** A process of this machine that is gone has no more use for its lock. */
function refuseUnlessStale(path: string, hostName: string): void {
  const [host = "", pid = ""] = readFileSync(path, "utf8").trim().split(" ");
  if (host === hostName && /^[0-9]+$/.test(pid) && isGone(Number(pid))) return;
  throw inUse(path, host === "" ? "another run" : `a run on ${host}, process ${pid},`);
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

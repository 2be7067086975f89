import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { UserError } from "../domain/errors.ts";
import { errnoOf, errnoText } from "../domain/system-error.ts";
import { signal } from "../process/process-table.ts";

/** Keeps a second run away from the files of one that is still going on. */
export class RunLock {
  readonly #path: string;

  /** @throws UserError `prefix-in-use` when a run that may still be going on holds it. */
  constructor(path: string, hostName: string) {
    this.#path = path;
    const mine = `${hostName} ${process.pid}\n`;
    try {
      writeFileSync(path, mine, { flag: "wx" });
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") {
        throw new UserError("prefix-unusable", `cannot write ${path}: ${errnoText(error)}`, { cause: error });
      }
      refuseUnlessStale(path, hostName);
      writeFileSync(path, mine);
    }
  }

  release(): void {
    rmSync(this.#path, { force: true });
  }
}

/** A process of this machine that is gone has no more use for its lock. */
function refuseUnlessStale(path: string, hostName: string): void {
  const [host = "", pid = ""] = readFileSync(path, "utf8").trim().split(" ");
  const alive = /^[0-9]+$/.test(pid) && signal(Number(pid), 0);
  if (host === hostName && !alive) return;
  const holder = host === "" ? "another run" : `a run on ${host}, process ${pid},`;
  throw new UserError(
    "prefix-in-use",
    `${path}: ${holder} uses this prefix; choose another, or remove that file if the run is no more`,
  );
}

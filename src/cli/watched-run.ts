import { existsSync } from "node:fs";
import { UserError } from "../domain/errors.ts";
import { EXIT } from "../domain/exit-codes.ts";
import type { FollowedRun } from "../domain/watch.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { followRecords } from "./past-run.ts";
import { type CallableRun, OUT_OF_REACH } from "./with-run.ts";

/** A run that somebody watches. */
export interface Watched {
  readonly run: FollowedRun;
  /** Why it is shown from its records, when it has not come to its end. */
  readonly note: string | undefined;
}

/** Codes of what keeps this program from a run that goes on nevertheless, as far as anybody can tell. */
const MAY_GO_ON = new Set(["run-is-elsewhere", "bad-contact", "foreign-contact"]);

/** Follows a run as it goes on; from its records, when it does not. @throws UserError when neither can be had. */
export async function openWatched(called: CallableRun, files: RunFiles): Promise<Watched> {
  try {
    return { run: await followRun(called), note: undefined };
  } catch (error) {
    if (!(error instanceof UserError) || !OUT_OF_REACH.has(error.code)) throw error;
    if (MAY_GO_ON.has(error.code) || !existsSync(files.status)) {
      throw new UserError(error.code, `${files.prefix}: ${error.message}`, { exitCode: EXIT.unfinished, cause: error });
    }
    return { run: await followRecords(files), note: error.code === "no-run" ? undefined : error.message };
  }
}

function followRun(called: CallableRun): Promise<FollowedRun> {
  return Promise.reject(new UserError("no-run", `${called.contact}: the run has ended`));
}

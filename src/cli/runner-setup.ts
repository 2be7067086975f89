import { openSync } from "node:fs";
import { tmpdir } from "node:os";
import { UserError } from "../domain/errors.ts";
import { EXIT } from "../domain/exit-codes.ts";
import { errnoText } from "../domain/system-error.ts";
import type { RunnerSetup } from "../engine/runner.ts";
import { CapturePool } from "../process/capture-pool.ts";
import { CaptureFolder, LESS_KEPT } from "../process/capture.ts";
import { isFolder } from "./run-files.ts";

/**
 * What this process needs to run commands.
 *
 * @param warn told of what has to be done without, in one line.
 * @throws UserError when there is no folder to run them in, or no place for what they write; better no engine than tasks that
 *   cannot start.
 */
export function openRunnerSetup(cwd: string, warn: (message: string) => void): RunnerSetup {
  if (!isFolder(cwd)) {
    const message = `there is no folder ${cwd} there; make it, or name another with --workdir`;
    throw new UserError("no-folder", message, { exitCode: EXIT.unfinished });
  }
  return { cwd, captures: openCaptures(warn), devNull: openSync("/dev/null", "r") };
}

/** In memory, where what tasks print is kept when the temporary folder has no room. */
const MEMORY = "/dev/shm";

function openCaptures(warn: (message: string) => void): CapturePool {
  const folder = new CaptureFolder(tmpdir());
  try {
    folder.open().discard();
    return new CapturePool(folder, [new CaptureFolder(MEMORY, LESS_KEPT)], warn);
  } catch (error) {
    const message = `cannot write in ${tmpdir()}, where the output of tasks is kept: ${errnoText(error)}; set TMPDIR`;
    throw new UserError("no-capture-folder", message, { exitCode: EXIT.unfinished, cause: error });
  }
}

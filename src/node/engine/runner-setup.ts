import { openSync } from "node:fs";
import { tmpdir } from "node:os";
import { UserError } from "../../domain/errors.ts";
import { EXIT } from "../../domain/exit-codes.ts";
import type { OutputTerms } from "../../domain/output-terms.ts";
import type { RunnerSetup } from "./runner.ts";
import { CapturePool } from "../process/capture-pool.ts";
import { CaptureFolder, LESS_KEPT } from "../process/capture.ts";
import { isFolder } from "../../files/look.ts";

/**
 * What this process needs to run commands.
 *
 * @param output what is kept of what the commands print.
 * @param warn told of what has to be done without, in one line.
 * @throws UserError when there is no folder to run them in; better no engine than tasks that cannot start.
 */
export function openRunnerSetup(cwd: string, output: OutputTerms, warn: (message: string) => void): RunnerSetup {
  if (!isFolder(cwd)) {
    const message = `there is no folder ${cwd} there; make it, or name another with --workdir`;
    throw new UserError("no-folder", message, { exitCode: EXIT.unfinished });
  }
  return { cwd, captures: openCaptures(output.limit, warn), output, devNull: openSync("/dev/null", "r") };
}

/** In memory, where what tasks print is kept when the temporary folder has no room. */
const MEMORY = "/dev/shm";

/** A folder that cannot be used is one that has no room: it is left before the first task. */
function openCaptures(keptEnd: number, warn: (message: string) => void): CapturePool {
  return new CapturePool(
    new CaptureFolder(tmpdir(), undefined, keptEnd),
    [new CaptureFolder(MEMORY, LESS_KEPT, keptEnd)],
    warn,
  );
}

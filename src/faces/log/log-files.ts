import { constants, fstatSync, openSync } from "node:fs";
import { UserError } from "../../domain/errors.ts";
import { errnoOf, errnoText } from "../../domain/system-error.ts";
import { appendOwnFile } from "../../files/own-file.ts";

/** The names of this process's own streams: what is written there goes on behind what they hold. */
const STREAMS: ReadonlyMap<string, number> = new Map([
  ["/dev/stdout", 1],
  ["/dev/stderr", 2],
]);

/** A pipe that is full, or that nobody reads, is not waited for. */
const WITHOUT_WAITING = constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Opens the log of a run in its own place, among the run's files.
 *
 * @returns a descriptor for appending.
 * @throws UserError `log-unusable`, `foreign-file` (exit code 2).
 */
export function openRunLog(path: string): number {
  return opened(path, () => appendOwnFile(path));
}

/**
 * Opens a log where the user wants it: a file, also by a link, a pipe that somebody reads, or a device.
 *
 * @returns a descriptor for appending.
 * @throws UserError `log-unusable` (exit code 2).
 */
export function openChosenLog(path: string): number {
  const stream = STREAMS.get(path);
  if (stream !== undefined) return openStream(stream);
  const how = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | WITHOUT_WAITING;
  return opened(path, () => openSync(path, how));
}

/** A stream of this process, as a log's. A pipe is opened once more, so that nothing waits for whoever should read it. */
export function openStream(fd: number): number {
  try {
    if (fstatSync(fd).isFIFO()) return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | WITHOUT_WAITING);
  } catch {
    // There is no such folder, or the pipe is another user's: it will do as it is.
  }
  return fd;
}

function opened(path: string, open: () => number): number {
  try {
    return open();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const why = errnoOf(error) === "ENXIO" ? "it is a pipe that nobody reads" : errnoText(error);
    throw new UserError("log-unusable", `cannot write the log ${path}: ${why}`, { cause: error });
  }
}

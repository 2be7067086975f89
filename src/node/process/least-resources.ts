import { UserError } from "../../domain/errors.ts";
import { EXIT } from "../../domain/exit-codes.ts";
import { type ProcessRoom, processRoom } from "./process-room.ts";
import { openFileLimit } from "../../wire/descriptors.ts";

/** The runtime, the records, the connections and one task take so many open files; with a dozen less it cannot even start. */
const LEAST_FILES = 43;
/** Threads that the runtime is still going to start, a watchdog and one task take about so many. */
const LEAST_PROCESSES = 10;

/**
 * Refuses to begin where the limits of this process leave no room for a run or an engine, which would only die of it.
 *
 * @throws UserError that names the limit.
 */
export function refuseTooLittle(files = openFileLimit(), room: ProcessRoom | undefined = processRoom()): void {
  if (files < LEAST_FILES) {
    const message = `a process may open no more than ${files} files here (ulimit -n), and disbatch needs ${LEAST_FILES}: raise that limit`;
    throw new UserError("too-few-files", message, { exitCode: EXIT.unfinished });
  }
  if (room === undefined || room.limit - room.used >= LEAST_PROCESSES) return;
  const message = `you may have no more than ${room.limit} processes and threads here (ulimit -u) and have ${room.used}: disbatch needs ${LEAST_PROCESSES} more`;
  throw new UserError("too-few-processes", message, { exitCode: EXIT.unfinished });
}

import type { EarlierRun } from "../core/driver/earlier-run.ts";
import { UserError } from "../domain/errors.ts";
import { EXIT } from "../domain/exit-codes.ts";
import type { TaskSource } from "../domain/source.ts";
import type { Assignment, Task } from "../domain/task.ts";
import { TASKS_MISSING } from "../tasks/sources/recovered.ts";

/**
 * Gives tasks of a run that is taken up what records do not have of them: their commands and settings, which their source knows.
 * Without these none may be given out again.
 *
 * @throws UserError `tasks-missing` when the source has such a task no more.
 */
export function tasksAgain(earlier: EarlierRun, source: TaskSource): EarlierRun {
  if (source.taskOf === undefined) return earlier;
  const whole = (task: Task): Task => source.taskOf?.(task.id) ?? missing(source.name, task);
  const given = (assignment: Assignment): Assignment => ({ ...assignment, task: whole(assignment.task) });
  return {
    ...earlier,
    engines: earlier.engines.map((engine) => ({ ...engine, held: engine.held.map(given) })),
    returned: earlier.returned.map(given),
    retries: earlier.retries?.map((retry) => ({ ...retry, assignment: given(retry.assignment) })),
    failedTries: earlier.failedTries?.map((tried) => ({ ...tried, task: whole(tried.task) })),
  };
}

function missing(name: string, { id, command }: Task): never {
  const message = `${name} is not what the run began with: it has no task ${id} any more, which was ${command}`;
  throw new UserError(TASKS_MISSING, message, { exitCode: EXIT.unfinished });
}

import { encodeText } from "../domain/bytes.ts";
import { UserError } from "../domain/errors.ts";
import type { TaskSource } from "../domain/source.ts";
import type { Task } from "../domain/task.ts";
import { failedItems, type ListedItem, type ListedTask, TaskListWriter } from "../faces/report/task-list.ts";
import type { Outcomes } from "../records/outcomes/outcomes.ts";
import { hashOf } from "../records/statusfile/hash.ts";
import { formatCommand } from "../records/statusfile/command.ts";
import type { ReportInput } from "./report-input.ts";
import { findTaskFile } from "./report-run.ts";
import { tasksOfRun } from "./tasks-of-run.ts";
import { TermsAbove, TermsInList } from "./terms-in-list.ts";

/** Tasks that a task file is written of: those that failed, or those that have no outcome. */
export type WhichTasks = "failed" | "missing";

/** Items of a task list asked for at once. */
const AT_ONCE = 1000;

/**
 * The lines of a task file of just those tasks, with the terms that the run's task file has for them.
 *
 * @param taskFile of the run; by default what the journal says.
 * @throws UserError `task-list-unknown`, `task-list-differs`, and what reading the task file or status file throws.
 */
export async function* listTasks(
  which: WhichTasks,
  outcomes: Outcomes,
  inputs: readonly ReportInput[],
  taskFile: string | undefined,
): AsyncGenerator<Buffer, void, void> {
  const writer = new TaskListWriter();
  const above = new TermsAbove();
  if (which === "failed") {
    const terms = new TermsInList(await termsSource(outcomes, inputs, taskFile));
    for (const item of failedItems(outcomes)) {
      if (item.kind !== "task") yield* writer.take(item);
      else yield* writer.take(item, above.of(item.command, await terms.of(item)));
    }
    await terms.close();
    return;
  }
  const source = await listOf(outcomes, inputs, taskFile);
  try {
    for await (const item of missingItems(source, outcomes)) {
      yield* writer.take(item, item.kind === "task" ? above.of(item.command, item.terms) : undefined);
    }
  } finally {
    await source.close();
  }
}

/** The list that has the terms of failed tasks; a status file alone has none. */
async function termsSource(
  outcomes: Outcomes,
  inputs: readonly ReportInput[],
  taskFile: string | undefined,
): Promise<TaskSource | undefined> {
  try {
    return await listOf(outcomes, inputs, taskFile);
  } catch (error) {
    if (taskFile === undefined && error instanceof UserError) return undefined;
    throw error;
  }
}

/** The tasks of the run: of this task file, or the one that the journals name, and those that were submitted to it. */
async function listOf(
  { files }: Outcomes,
  inputs: readonly ReportInput[],
  taskFile: string | undefined,
): Promise<TaskSource> {
  const named = files.flatMap(({ story }, i) => {
    const session = story?.sessions.at(-1);
    return session === undefined ? [] : [{ session, run: inputs[i]?.run }];
  });
  const last = named.at(-1);
  const found = taskFile ?? (last === undefined ? undefined : findTaskFile(last.run, last.session.taskFile));
  const source = await tasksOfRun(found, inputs.at(-1)?.run);
  if (source !== undefined) return source;
  const why = last === undefined ? "no journal names it" : `it was ${last.session.taskFile}, which is not here`;
  throw new UserError("task-list-unknown", `the task file is not known (${why}): name it with --task-file FILE`);
}

/** What of a list has no outcome, with its barriers and per-engine commands. */
async function* missingItems(
  source: TaskSource,
  { table }: Outcomes,
): AsyncGenerator<Exclude<ListedItem, ListedTask> | Task, void, void> {
  for (;;) {
    const items = await source.next(AT_ONCE);
    if (items.length === 0) return;
    for (const item of items) {
      if (item.kind === "barrier" || item.kind === "per-engine") yield item;
      else if (item.kind === "task") {
        const recorded = table.commandHash(item.id);
        if (recorded === undefined) yield item;
        else if (recorded !== hashOfCommand(item.command)) throw otherList(source.name, item.line);
      }
    }
  }
}

function hashOfCommand(command: string): number {
  const bytes = encodeText(formatCommand(command));
  return hashOf(bytes, 0, bytes.length);
}

function otherList(file: string, line: number): UserError {
  const message = `${file}:${line}: the status file has another command for this task: was the file changed since, or is it another one?`;
  return new UserError("task-list-differs", message);
}

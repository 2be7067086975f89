import { NO_LEAK, type TaskResult } from "../../domain/result.ts";
import type { Task } from "../../domain/task.ts";
import { COLUMN, readInteger, readSeconds } from "../statusfile/columns.ts";
import { parseCommand } from "../statusfile/command.ts";
import type { StatusLine } from "../statusfile/line-reader.ts";
import { outcomeIn, splitColumns } from "../statusfile/parse.ts";
import { endingOf } from "../statusfile/return-code.ts";

/** What a line says of a task that has run. Who ran it is for the caller to add. */
export interface LineOutcome {
  readonly task: Task;
  readonly result: TaskResult;
}

/** Who ran the task: numbers of the try and the engine, and the slot where it is known. */
interface Runner {
  readonly attempt: number;
  readonly engine: number;
  readonly slot?: number;
}

/** No slot: a status file does not say which. */
const UNKNOWN = -1;

/**
 * The outcome that a line tells. Texts are read of failures only: nobody who counts asks for those of others, which are most.
 *
 * @param node the one that stands in it.
 */
export function outcomeOfLine(
  line: StatusLine,
  node: string,
  { attempt, engine, slot = UNKNOWN }: Runner,
): LineOutcome {
  const { bytes, from, end, starts } = line;
  const number = (column: number): number => readInteger(bytes, starts, column);
  const id = number(COLUMN.id);
  const pid = number(COLUMN.pid);
  const code = number(COLUMN.returnCode);
  const start = readSeconds(bytes, starts, COLUMN.start);
  const finish = readSeconds(bytes, starts, COLUMN.finish);
  const outcome = { pid, ending: endingOf(code, pid), start, finish, node };
  const columns = code === 0 ? undefined : splitColumns(bytes.subarray(from, end));
  const leaks = columns === undefined ? { output: NO_LEAK, error: NO_LEAK } : outcomeIn(columns);
  const command = columns === undefined ? "" : parseCommand(columns[COLUMN.command] ?? "");
  return {
    task: { kind: "task", id, line: number(COLUMN.line), repeatIndex: number(COLUMN.repeatIndex), command },
    result: { taskId: id, attempt, engine, slot, ...outcome, output: leaks.output, error: leaks.error },
  };
}

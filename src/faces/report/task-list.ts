import { encodeText } from "../../domain/bytes.ts";
import { ansiCQuote } from "../../domain/shell-words.ts";
import type { TaskTerms } from "../../domain/terms/task-terms.ts";
import type { Outcomes } from "../../records/outcomes/outcomes.ts";

/** A task that is to be in a task file. */
export interface ListedTask {
  readonly kind: "task";
  readonly command: string;
  readonly repeatIndex: number;
}

/** A line that is to be in a task file. */
export type ListedItem =
  | ListedTask
  | { readonly kind: "barrier"; readonly text: string }
  | { readonly kind: "per-engine"; readonly when: "start" | "stop"; readonly command: string };

/** A task that failed, with its number in its run. */
export interface FailedTask extends ListedTask {
  readonly id: number;
}

/** What a task file takes for a comment, a blank line or a directive. */
const NO_TASK = /^[ \t\f\v]*(?:#|$)/;
/** What no line can hold, or is not read as it is written. */
const NOT_AS_IT_IS = /[\n\r\0]|^\uFEFF/;
/** What REPEAT takes for its own words, or loses at the ends. */
const NOT_BEHIND_REPEAT = /^[ \t\f\v]|^(?:start|step)(?:[ \t\f\v]|$)|[ \t\f\v]$/i;

/**
 * The line of a task file, with its end, that is read as this very item. A command that no line can be goes to bash in quotes;
 * a repeat index comes by a REPEAT of one.
 */
export function taskFileLine(item: ListedItem): Buffer {
  if (item.kind === "barrier") return encodeText(`${item.text}\n`);
  if (item.kind === "per-engine")
    return encodeText(`#DISBATCH PERENGINE ${item.when.toUpperCase()} ${inOneLine(item.command)}\n`);
  const command = inOneLine(item.command);
  if (item.repeatIndex < 0) return encodeText(`${NO_TASK.test(command) ? quoted(command) : command}\n`);
  const behind = command === "" || NOT_BEHIND_REPEAT.test(command) ? quoted(command) : command;
  return encodeText(`#DISBATCH REPEAT 1 start ${item.repeatIndex} ${behind}\n`);
}

function inOneLine(command: string): string {
  return NOT_AS_IT_IS.test(command) ? quoted(command) : command;
}

function quoted(command: string): string {
  return `eval ${ansiCQuote(encodeText(command))}`;
}

function directive(terms: TaskTerms | undefined): Buffer {
  return encodeText(terms === undefined ? "#DISBATCH TERMS\n" : `#DISBATCH TERMS ${terms.text}\n`);
}

/** Makes lines of items, and leaves out what has no task behind it, and barriers that have none before them. */
export class TaskListWriter {
  #pending: ListedItem[] = [];
  #anyTask = false;
  /** Those of the last directive. */
  #above: TaskTerms | undefined;

  /**
   * The lines that can be written now that this item has come.
   *
   * @param above terms that a directive has to say above a task.
   */
  take(item: ListedItem, above?: TaskTerms): Buffer[] {
    if (item.kind !== "task") {
      if (this.#anyTask || item.kind === "per-engine") this.#pending.push(item);
      return [];
    }
    this.#anyTask = true;
    const before = this.#pending.map(taskFileLine);
    this.#pending = [];
    const isNew = above?.text !== this.#above?.text;
    this.#above = above;
    return [...before, ...(isNew ? [directive(above)] : []), taskFileLine(item)];
  }
}

/**
 * The tasks that failed, in the order of their numbers, with the barriers between them, and the per-engine commands that the
 * journal tells of.
 *
 * @throws UserError `status-file-changed`.
 */
export function* failedItems(outcomes: Outcomes): Generator<FailedTask | Exclude<ListedItem, ListedTask>, void, void> {
  const { table, files } = outcomes;
  for (const { when, command } of files.at(-1)?.story?.perEngine ?? []) yield { kind: "per-engine", when, command };
  const barriers = barrierRows(outcomes);
  let next = 0;
  for (const id of table.ids()) {
    const row = table.counted(id);
    if (table.returnCode(row) === 0) continue;
    for (; (barriers[next]?.id ?? Infinity) < id; next++) yield { kind: "barrier", text: barriers[next]?.text ?? "" };
    const { command, repeatIndex } = outcomes.record(row);
    yield { kind: "task", id, command, repeatIndex };
  }
}

function barrierRows(outcomes: Outcomes): { readonly id: number; readonly text: string }[] {
  const found = outcomes.table.barrierRows.map((row) => {
    const { id, command } = outcomes.record(row);
    return { id, text: command };
  });
  return found.toSorted((a, b) => a.id - b.id);
}

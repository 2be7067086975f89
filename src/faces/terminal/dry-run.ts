import { encodeText } from "../../domain/bytes.ts";
import type { TaskSource } from "../../domain/source.ts";
import { type StreamItem, type Task, titleOf } from "../../domain/task.ts";
import { plural } from "../../domain/plural.ts";

const TOGETHER = 1024;

/**
 * Prints every item as it would run, one line each: kind, task id, line, repeat index, command, and the terms of a task that has
 * any; tab-separated.
 *
 * @param print returns false when nobody wants more.
 * @param shown how a command is shown; to the byte, as a rule.
 */
export async function dryRun(
  source: TaskSource,
  print: (bytes: Buffer) => Promise<boolean>,
  shown: (command: string) => string = (command) => command,
): Promise<void> {
  for (;;) {
    const items = await source.next(TOGETHER);
    if (items.length === 0) return;
    const lines = items.map((item) => `${describe(item, shown).join("\t")}\n`);
    if (!(await print(encodeText(lines.join(""))))) return;
  }
}

/**
 * Prints the task file that a source of tasks alone stands for, and nothing else; how many tasks there are is said elsewhere.
 *
 * @param how `print` as for `dryRun`; `shown` as well; `say` tells the user something that does not belong to the file.
 */
export async function printTaskFile(
  source: TaskSource,
  how: {
    readonly print: (bytes: Buffer) => Promise<boolean>;
    readonly shown?: ((command: string) => string) | undefined;
    readonly say: (message: string) => void;
  },
): Promise<void> {
  const { print, shown = (command: string): string => command, say } = how;
  let tasks = 0;
  let skipped = 0;
  for (;;) {
    const items = await source.next(TOGETHER);
    if (items.length === 0) break;
    let lines = "";
    for (const item of items) {
      if (item.kind === "skipped") skipped++;
      if (item.kind === "task" || item.kind === "skipped") tasks++;
      lines += `${shown(lineOf(item))}\n`;
    }
    if (!(await print(encodeText(lines)))) return;
  }
  say(`${plural(tasks, "task")}${skipped === 0 ? "" : `, ${skipped} of which an earlier run has settled`}`);
}

function lineOf(item: StreamItem): string {
  if (item.kind === "skipped") return titleOf(item.task);
  return item.kind === "barrier" ? item.text : titleOf(item);
}

function describe(item: StreamItem, shown: (command: string) => string): readonly (string | number)[] {
  switch (item.kind) {
    case "task":
      return ["task", item.id, item.line, item.repeatIndex, shown(titleOf(item)), ...termsOf(item)];
    case "skipped":
      return [
        "skip",
        item.task.id,
        item.task.line,
        item.task.repeatIndex,
        shown(titleOf(item.task)),
        ...termsOf(item.task),
      ];
    case "barrier":
      return [item.check ? "check" : "barrier", item.id, item.line, -1, shown(item.text)];
    case "per-engine":
      return [item.when, item.id, item.line, -1, shown(item.command)];
    default:
      return item satisfies never;
  }
}

function termsOf({ terms }: Task): readonly string[] {
  return terms === undefined ? [] : [terms.text];
}

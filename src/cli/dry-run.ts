import { encodeText } from "../domain/bytes.ts";
import type { TaskSource } from "../domain/source.ts";
import type { StreamItem } from "../domain/task.ts";

const TOGETHER = 1024;

/**
 * Prints every item as it would run, one line each: kind, task id, line, repeat index, command; tab-separated.
 *
 * @param print returns false when nobody wants more.
 */
export async function dryRun(source: TaskSource, print: (bytes: Buffer) => Promise<boolean>): Promise<void> {
  for (;;) {
    const items = await source.next(TOGETHER);
    if (items.length === 0) return;
    const lines = items.map((item) => `${describe(item).join("\t")}\n`);
    if (!(await print(encodeText(lines.join(""))))) return;
  }
}

function describe(item: StreamItem): readonly (string | number)[] {
  switch (item.kind) {
    case "task":
      return ["task", item.id, item.line, item.repeatIndex, item.command];
    case "skipped":
      return ["skip", item.task.id, item.task.line, item.task.repeatIndex, item.task.command];
    case "barrier":
      return [item.check ? "check" : "barrier", item.id, item.line, -1, item.text];
    case "per-engine":
      return [item.when, item.id, item.line, -1, item.command];
    default:
      return item satisfies never;
  }
}

import { UserError, type Diagnostic } from "../../../../src/domain/errors.ts";
import type { TaskSource } from "../../../../src/domain/source.ts";
import type { StreamItem } from "../../../../src/domain/task.ts";

/** Everything that a source has, asked for in portions of this size. */
export async function collect(source: TaskSource, limit = 10): Promise<readonly StreamItem[]> {
  const all: StreamItem[] = [];
  for (;;) {
    const items = await source.next(limit);
    if (items.length === 0) return all;
    all.push(...items);
  }
}

/** Commands of the tasks among the items. */
export function commandsOf(items: readonly StreamItem[]): readonly string[] {
  return items.flatMap((item) => (item.kind === "task" ? [item.command] : []));
}

/** The UserError that the work must end with. */
export async function userErrorOf(work: Promise<unknown>): Promise<UserError> {
  const [outcome] = await Promise.allSettled([work]);
  if (outcome.status === "fulfilled") throw new Error("there was no error");
  if (outcome.reason instanceof UserError) return outcome.reason;
  throw outcome.reason;
}

/** For sources from which no warning is expected. */
export function noWarning(warning: Diagnostic): never {
  throw new Error(`unexpected warning: ${warning.message}`);
}

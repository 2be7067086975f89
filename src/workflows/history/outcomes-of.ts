import { COLUMN, readSeconds } from "../../records/statusfile/columns.ts";
import { eachRow, type PastOptions, Timeline } from "./past.ts";

/** An outcome of an instance in a run. */
export interface InstanceOutcome {
  /** Number of the run. */
  readonly run: number;
  readonly isSuccess: boolean;
  /** The run did not run it, and took over what an earlier one had made. */
  readonly isTakenOver: boolean;
  /** Host where it ran. */
  readonly node: string;
  /** Unix time in seconds at which it ended. */
  readonly finish: number;
}

/**
 * Reads all outcomes of some instances, in order.
 *
 * @param names of them.
 * @returns by name; nothing for an instance without any.
 * @throws UserError `status-file-unreadable`.
 */
export function outcomesOf(
  { status, runs, end = Infinity }: Pick<PastOptions, "status" | "runs" | "end">,
  names: ReadonlySet<string>,
): ReadonlyMap<string, readonly InstanceOutcome[]> {
  const found = new Map<string, InstanceOutcome[]>();
  if (names.size === 0) return found;
  const timeline = new Timeline(runs, () => undefined);
  eachRow(status, end, ({ name, returnCode, offset, isTakenOver, bytes, starts }) => {
    const run = timeline.goTo(offset);
    if (run === undefined || !names.has(name)) return;
    const node = bytes.toString("utf8", starts[COLUMN.node] ?? 0, (starts[COLUMN.node + 1] ?? 0) - 1);
    const finish = readSeconds(bytes, starts, COLUMN.finish);
    const outcomes = found.get(name) ?? [];
    found.set(name, outcomes);
    outcomes.push({ run: run.run, isSuccess: returnCode === 0, isTakenOver, node, finish });
  });
  return found;
}

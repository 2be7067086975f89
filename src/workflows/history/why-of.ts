import type { InstanceWhy } from "../views/instance-why.ts";
import { decisionsOf, type PastDecision } from "./decisions.ts";
import type { PastRun } from "./history.ts";
import { type InstanceOutcome, outcomesOf } from "./outcomes-of.ts";
import type { PastOptions } from "./past.ts";

export interface WhyOptions extends Pick<PastOptions, "status" | "runs" | "end"> {
  /** Path of the history of the workflow. */
  readonly workflow: string;
}

/**
 * Why an instance runs in the last of these runs, or does not have to; undefined where no record tells.
 *
 * @param isDone it is done, as that run has it.
 * @throws UserError `status-file-unreadable`.
 */
export function whyOf(
  { workflow, status, runs, end }: WhyOptions,
  name: string,
  isDone: boolean,
): InstanceWhy | undefined {
  const outcomes = outcomesOf({ status, runs, end }, new Set([name])).get(name) ?? [];
  return whyFrom(runs, name, { isDone, outcomes, decisions: decisionsOf(workflow, name) });
}

/** What is known of an instance. */
interface Known {
  readonly isDone: boolean;
  readonly outcomes: readonly InstanceOutcome[];
  readonly decisions: readonly PastDecision[];
}

/** The same, from what was read. */
export function whyFrom(
  runs: readonly PastRun[],
  name: string,
  { isDone, outcomes, decisions }: Known,
): InstanceWhy | undefined {
  const last = runs.at(-1)?.run ?? 0;
  const inLast = decisions.flatMap(({ run, decision }) => (run === last ? [decision] : []));
  const decided = inLast.findLast(({ type }) => type !== "more");
  if (decided?.type === "why") return { kind: "runs", reason: decided.reason };
  if (decided?.type === "missing") return { kind: "missing", path: decided.path };
  if (decided?.type === "reused") {
    const taken = outcomes.findLast(({ run, isTakenOver }) => run === last && isTakenOver);
    const made = taken ?? outcomes.findLast(({ run, isSuccess }) => run <= decided.run && isSuccess);
    return { kind: "reused", run: decided.run, time: made?.finish, node: made?.node };
  }
  const own = outcomes.filter(({ run }) => run === last);
  const earlier = outcomes.filter(({ run }) => run < last);
  if (own.some(({ isTakenOver }) => !isTakenOver) || !isDone) {
    if (earlier.length === 0 && isNew(runs, name)) return { kind: "runs", reason: { kind: "never" } };
    return inLast.some(({ type }) => type === "more") ? { kind: "untold" } : undefined;
  }
  const taken = own.at(-1);
  if (taken !== undefined) return { kind: "reused", run: taken.run, time: taken.finish, node: taken.node };
  const made = earlier.findLast(({ isSuccess }) => isSuccess);
  const mark = markOf(runs, name);
  if (mark !== undefined && mark.run >= (made?.run ?? 0)) return { kind: "marked", run: mark.run, time: mark.time };
  return made === undefined ? undefined : { kind: "stayed", run: made.run, time: made.finish, node: made.node };
}

function isNew(runs: readonly PastRun[], name: string): boolean {
  return !runs.some(({ marks }) => marks.some(({ instances }) => instances.includes(name)));
}

/** The last mark that says that it is done, before the last run. */
function markOf(runs: readonly PastRun[], name: string): { readonly run: number; readonly time: number } | undefined {
  const marks = runs.flatMap(({ run, marks: all }) =>
    all.filter(({ instances }) => instances.includes(name)).map(({ time, done }) => ({ run, time, done })),
  );
  const last = marks.at(-1);
  return last?.done === true ? last : undefined;
}

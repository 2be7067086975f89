/** Fewer tasks than this say nothing of a node. */
const ENOUGH_TASKS = 10;
/** A node whose median is this many times the others' is slow. */
const SLOW = 1.5;
/** Seconds; a smaller difference is nothing to look into. */
const NOTICEABLE = 0.05;
/** Failures of a node, and how many standard deviations above the others' rate, before it counts as failing. */
const ENOUGH_FAILURES = 3;
const NO_CHANCE = 3;

/** Tasks of a node, or of all other nodes. */
export interface NodeTasks {
  readonly count: number;
  readonly failed: number;
  /** How long half of them took at most, in seconds. Asked for only where it matters. */
  readonly median: () => number;
}

/** How a node differs from the others, where that is no chance. */
export type NodeMark = "slow" | "failing";

/** What stands out about a node. */
export function marksOf(own: NodeTasks, others: NodeTasks): NodeMark[] {
  const marks: NodeMark[] = [];
  if (isSlow(own, others)) marks.push("slow");
  if (isFailing(own, others)) marks.push("failing");
  return marks;
}

function isSlow(own: NodeTasks, others: NodeTasks): boolean {
  if (own.count < ENOUGH_TASKS || others.count < ENOUGH_TASKS) return false;
  const [median, usual] = [own.median(), others.median()];
  return median >= SLOW * usual && median - usual >= NOTICEABLE;
}

function isFailing({ count, failed }: NodeTasks, others: NodeTasks): boolean {
  if (failed < ENOUGH_FAILURES || others.count < ENOUGH_TASKS) return false;
  // One more failure than there was: of few tasks without any nobody knows that they never fail.
  const rate = Math.min(1, (others.failed + 1) / (others.count + 1));
  const deviation = Math.sqrt(count * rate * (1 - rate));
  return failed - count * rate > NO_CHANCE * deviation;
}

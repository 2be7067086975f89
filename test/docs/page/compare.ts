import { align, isTrue, type Pair } from "./align.ts";
import { withoutProgress } from "./session.ts";

/** What bash says when it finds that a command has been killed; what others write at that moment may stand before it or after. */
const KILLED = "Killed";

/** Lays what a page says beside what was printed. A page that shows no progress leaves it out. */
export function compare(expected: readonly string[], printed: readonly string[]): Pair[] {
  const got = withoutProgress(expected).length === expected.length ? withoutProgress(printed) : printed;
  const pairs = align(expected, got);
  const at = got.indexOf(KILLED);
  if (isTrue(pairs) || at === -1 || !expected.includes(KILLED)) return pairs;
  const others = got.toSpliced(at, 1);
  const orders = got.map((_, i) => align(expected, others.toSpliced(i, 0, KILLED)));
  return orders.find(isTrue) ?? pairs;
}

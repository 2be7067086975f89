import type { RunEnd } from "../../domain/events.ts";
import { FAIL_FAST, type HaltPolicy } from "../../domain/halt-policy.ts";

const PERCENT = 100;

/** Counts outcomes, and tells when there are enough of them for the run to end. */
export class Halt {
  readonly #policy: HaltPolicy | undefined;
  #total: number | undefined;
  #succeeded = 0;
  #failed = 0;

  constructor(policy: HaltPolicy | undefined) {
    this.#policy = policy;
  }

  /** Goes on where an earlier driver has left the run. */
  takeUp(succeeded: number, failed: number): void {
    this.#succeeded = succeeded;
    this.#failed = failed;
  }

  /** There are so many tasks in all. */
  noteTotal(total: number): void {
    this.#total = total;
  }

  note(failed: boolean): void {
    if (failed) this.#failed++;
    else this.#succeeded++;
  }

  /** Whether engines may be given tasks ahead of need: where the first outcome may end the run, those must not start after it. */
  get allowsAhead(): boolean {
    return this.#policy === undefined || this.#policy.isPercent || this.#policy.count > 1;
  }

  /** Why the run is to end, and how; undefined as long as it is not to. */
  get due(): { readonly reason: RunEnd; readonly when: HaltPolicy["when"] } | undefined {
    return this.#isReached(0, 0) ? this.#end : undefined;
  }

  /** Whether one more such outcome would end the run. */
  isDueWith(failed: boolean): boolean {
    return this.#policy !== undefined && (failed ? this.#isReached(0, 1) : this.#isReached(1, 0));
  }

  get #end(): { readonly reason: RunEnd; readonly when: HaltPolicy["when"] } | undefined {
    if (this.#policy === undefined) return undefined;
    const { when, on, count, isPercent } = this.#policy;
    if (on !== "fail") return { when, reason: on === "success" ? "enough-succeeded" : "enough-done" };
    const isFailFast = when === FAIL_FAST.when && count === FAIL_FAST.count && !isPercent;
    return { when, reason: isFailFast ? "failed-fast" : "enough-failed" };
  }

  /** @param succeeded and `failed`: so many more than have been. */
  #isReached(succeeded: number, failed: number): boolean {
    if (this.#policy === undefined) return false;
    const { on, count, isPercent } = this.#policy;
    const successes = this.#succeeded + succeeded;
    const failures = this.#failed + failed;
    const reached = on === "fail" ? failures : on === "success" ? successes : successes + failures;
    if (!isPercent) return reached >= count;
    // Of how many is known at the end of a stream. A list without tasks has no part that could be reached.
    return this.#total !== undefined && reached > 0 && reached * PERCENT >= this.#total * count;
  }
}

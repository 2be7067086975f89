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

  /** Why the run is to end, and how; undefined as long as it is not to. */
  get due(): { readonly reason: RunEnd; readonly when: HaltPolicy["when"] } | undefined {
    return this.remaining <= 0 ? this.#end : undefined;
  }

  /** So many outcomes more of the kind that counts end the run; `Infinity` as long as nobody can tell, or none do. */
  get remaining(): number {
    if (this.#policy === undefined) return Number.POSITIVE_INFINITY;
    const { on, count, isPercent } = this.#policy;
    const reached = on === "fail" ? this.#failed : on === "success" ? this.#succeeded : this.#succeeded + this.#failed;
    if (!isPercent) return count - reached;
    // Of how many is known at the end of a stream. Of a list without tasks no part can be reached.
    if (this.#total === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(1, Math.ceil((this.#total * count) / PERCENT)) - reached;
  }

  /** Whether such an outcome counts. */
  counts(failed: boolean): boolean {
    const on = this.#policy?.on;
    return on === "done" || on === (failed ? "fail" : "success");
  }

  get #end(): { readonly reason: RunEnd; readonly when: HaltPolicy["when"] } | undefined {
    if (this.#policy === undefined) return undefined;
    const { when, on, count, isPercent } = this.#policy;
    if (on !== "fail") return { when, reason: on === "success" ? "enough-succeeded" : "enough-done" };
    const isFailFast = when === FAIL_FAST.when && count === FAIL_FAST.count && !isPercent;
    return { when, reason: isFailFast ? "failed-fast" : "enough-failed" };
  }
}

import type { RunEvent } from "../../domain/events.ts";
import type { PicturedRun } from "../pictures/pictured-run.ts";

/** Spans that are kept, at the least. */
const KEPT = 4096;

/** When a run has waited at barriers; the oldest spans are forgotten when there are too many. */
export class BarrierSpans {
  #spans: PicturedRun["barriers"][number][] = [];

  /** In the order in which barriers were passed. */
  get all(): PicturedRun["barriers"] {
    return this.#spans;
  }

  add({ barrier, since, time }: Extract<RunEvent, { type: "barrier-passed" }>): void {
    if (this.#spans.length >= 2 * KEPT) this.#spans = this.#spans.slice(KEPT);
    this.#spans.push({ line: barrier.line, since, passed: time });
  }
}

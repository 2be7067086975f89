import type { InstanceState } from "../../domain/instance-state.ts";
import { Rows } from "./rows.ts";
import { STATE_COUNT, stateOf } from "./state-codes.ts";

/** How many instances of each template are in which state. */
export class Tallies {
  readonly #counts = new Rows((length) => new Int32Array(length));
  readonly #total = new Int32Array(STATE_COUNT);

  /** Counts instances of this template. */
  grow(template: number): void {
    this.#counts.grow(template, STATE_COUNT);
  }

  /** So many instances have changed their state. @param from 0 for those that were not counted. */
  move(template: number, from: number, to: number, count = 1): void {
    const at = this.#counts.at(template);
    const { cells } = this.#counts;
    cells[at + from] = (cells[at + from] ?? 0) - count;
    cells[at + to] = (cells[at + to] ?? 0) + count;
    this.#total[from] = (this.#total[from] ?? 0) - count;
    this.#total[to] = (this.#total[to] ?? 0) + count;
  }

  /** Instances in this state, of all templates. */
  total(code: number): number {
    return this.#total[code] ?? 0;
  }

  /** Instances of a template by state, without those of which there are none. */
  of(template: number): Partial<Record<InstanceState, number>> {
    const at = this.#counts.at(template);
    const counts: Partial<Record<InstanceState, number>> = {};
    for (let code = 1; code < STATE_COUNT; code++) {
      const count = this.#counts.cells[at + code] ?? 0;
      const state = stateOf(code);
      if (count > 0 && state !== undefined) counts[state] = count;
    }
    return counts;
  }
}

import type { Graph } from "../graph/graph.ts";
import type { Instance } from "../graph/instance.ts";
import { Rows } from "./rows.ts";
import { STATE_MASK } from "./state-codes.ts";
import { Tallies } from "./tallies.ts";

/** The state of every instance, a byte each. */
export class InstanceTable {
  readonly tallies = new Tallies();
  readonly #codes = new Rows((length) => new Uint8Array(length));
  /** By template: instances below this are known. */
  readonly #known: number[] = [];

  /** Indexes of the template that are known are below this. */
  known(template: number): number {
    return this.#known[template] ?? 0;
  }

  /** Knows all instances that the template has by now. */
  grow(graph: Graph, template: number): void {
    const size = graph.size(template);
    this.#known[template] = size;
    this.#codes.grow(template, size);
    this.tallies.grow(template);
  }

  /** Its state as a number, with what `IS_NEW` says; 0 for one that is not known. */
  get(template: number, index: number): number {
    return index < this.known(template) ? (this.#codes.cells[this.#codes.at(template) + index] ?? 0) : 0;
  }

  of({ template, index }: Instance): number {
    return this.get(template, index);
  }

  set(template: number, index: number, code: number): void {
    const at = this.#codes.at(template) + index;
    this.tallies.move(template, (this.#codes.cells[at] ?? 0) & STATE_MASK, code & STATE_MASK);
    this.#codes.cells[at] = code;
  }

  /** Whether none of these is known. */
  isFresh(template: number, from: number, to: number): boolean {
    const at = this.#codes.at(template);
    return this.#codes.cells.subarray(at + from, at + to).every((code) => code === 0);
  }

  /** All from `from` to below `to`, which had no state. */
  setRange(template: number, from: number, to: number, code: number): void {
    const at = this.#codes.at(template);
    this.#codes.cells.fill(code, at + from, at + to);
    this.tallies.move(template, 0, code & STATE_MASK, to - from);
  }
}

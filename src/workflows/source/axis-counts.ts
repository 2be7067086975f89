import type { Graph } from "../graph/graph.ts";

interface OpenAxis {
  readonly axis: number;
  /** Template whose instances print the values. */
  readonly generator: number;
  /** Instances of it that have not ended. */
  open: number;
  /** An instance of it is wanted, or has been. */
  isExpected: boolean;
  ends: number;
}

/** Axes whose values are printed: of each, how many of its generators have not ended, and how the others have. */
export class AxisCounts {
  readonly #graph: Graph;
  /** Axes that have been looked at. */
  #known = 0;
  /** Something has happened since it was last looked which axes can be closed. */
  #mayClose = false;
  readonly #open = new Map<number, OpenAxis>();
  /** By axis: how its generators have ended, once all have. */
  readonly #closed = new Map<number, number>();
  /** Axes by the template that prints their values. */
  readonly #printedBy = new Map<number, OpenAxis[]>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** Takes note of axes that have come. */
  grow(): void {
    for (; this.#known < this.#graph.axes; this.#known++) {
      const axis = this.#graph.axis(this.#known);
      if (axis.kind !== "generated") continue;
      const generator = this.#graph.templateOf(axis.by) ?? -1;
      const open = { axis: this.#known, generator, open: 0, isExpected: false, ends: 0 };
      this.#open.set(open.axis, open);
      this.#printedBy.set(generator, [...(this.#printedBy.get(generator) ?? []), open]);
    }
    this.#mayClose = true;
  }

  /** Whether more values may come. */
  isOpen(axis: number): boolean {
    return this.#open.has(axis);
  }

  /** Whether more values may come, as far as anybody wants them. */
  isAwaited(axis: number): boolean {
    const open = this.#open.get(axis);
    if (open === undefined) return false;
    return open.isExpected || this.#ownAxes(open).some((own) => this.isAwaited(own));
  }

  /** How the generators of an axis have ended that have. */
  endsOf(axis: number): number {
    return this.#closed.get(axis) ?? this.#open.get(axis)?.ends ?? 0;
  }

  /** Whether the template prints the values of an axis. */
  isGenerator(template: number): boolean {
    return this.#printedBy.has(template);
  }

  /** Another wanted instance of a generator exists. */
  expect(template: number): void {
    for (const axis of this.#printedBy.get(template) ?? []) {
      axis.open++;
      axis.isExpected = true;
    }
  }

  /** An instance of a generator has ended. */
  end(template: number, ends: number): void {
    for (const axis of this.#printedBy.get(template) ?? []) {
      axis.open--;
      axis.ends |= ends;
    }
    this.#mayClose = true;
  }

  /** Axes whose values the template prints. */
  printedBy(template: number): number[] {
    return (this.#printedBy.get(template) ?? []).map(({ axis }) => axis);
  }

  /** Closes an axis that can get no more values. @returns which, and how its generators have ended; undefined for none. */
  closeNext(): { readonly axis: number; readonly ends: number } | undefined {
    if (!this.#mayClose) return undefined;
    for (const each of this.#open.values()) {
      const { axis, ends } = each;
      const own = this.#ownAxes(each);
      if (each.open > 0 || this.#isUnwanted(each) || own.some((one) => this.#open.has(one))) continue;
      // Without all values of its own axes, not all of its generators are known.
      const all = own.reduce((sum, one) => sum | this.endsOf(one), ends);
      this.#open.delete(axis);
      this.#closed.set(axis, all);
      return { axis, ends: all };
    }
    this.#mayClose = false;
    return undefined;
  }

  /** Nobody wants what prints the values, and so nobody waits for them. Tasks that are printed may come to need them. */
  #isUnwanted({ generator, isExpected }: OpenAxis): boolean {
    return !isExpected && generator >= 0 && this.#graph.count(generator) > 0;
  }

  #ownAxes({ generator }: OpenAxis): readonly number[] {
    return generator < 0 ? [] : this.#graph.template(generator).axes;
  }
}

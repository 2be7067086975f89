import { literalOf } from "./are-apart.ts";
import type { PathPattern } from "./path-pattern.ts";

/** Patterns that begin with the same steps, none of which has an axis. */
interface Node<Entry> {
  /** Those that begin with no more such steps. */
  own: Entry[] | undefined;
  /** By the next step; undefined for none, as most paths have. */
  inner: Map<string, Node<Entry>> | undefined;
}

/** Finds patterns that may have paths in common: what they begin with leads to them. */
export class PathIndex<Entry extends { readonly pattern: PathPattern }> {
  readonly #roots: readonly [relative: Node<Entry>, absolute: Node<Entry>] = [makeNode(), makeNode()];

  add(entry: Entry): void {
    const { pattern } = entry;
    let node = this.#rootOf(pattern);
    for (const step of pattern.steps) {
      const text = literalOf(step);
      if (text === undefined) break;
      node.inner ??= new Map();
      const known = node.inner.get(text);
      const next = known ?? makeNode();
      if (known === undefined) node.inner.set(text, next);
      node = next;
    }
    (node.own ??= []).push(entry);
  }

  /** All patterns but those that differ from this one in a step before the first axis of both. */
  *near(pattern: PathPattern): Generator<Entry> {
    let node: Node<Entry> | undefined = this.#rootOf(pattern);
    for (const step of pattern.steps) {
      const text = literalOf(step);
      if (text === undefined) break;
      for (const entry of node.own ?? NONE) yield entry;
      node = node.inner?.get(text);
      if (node === undefined) return;
    }
    yield* within(node);
  }

  #rootOf({ isAbsolute }: PathPattern): Node<Entry> {
    return this.#roots[isAbsolute ? 1 : 0];
  }
}

const NONE: readonly never[] = [];

function makeNode<Entry>(): Node<Entry> {
  return { own: undefined, inner: undefined };
}

function* within<Entry>({ own, inner }: Node<Entry>): Generator<Entry> {
  for (const entry of own ?? NONE) yield entry;
  for (const node of inner?.values() ?? []) yield* within(node);
}

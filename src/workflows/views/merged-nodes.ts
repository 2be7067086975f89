/** Nodes of a graph that are drawn as one. */
export interface NodeGroup {
  /** In order. */
  readonly nodes: readonly number[];
  /** That of the first of them on any way. */
  readonly column: number;
}

/** The nodes of a graph, more and more of which are drawn as one. */
export class MergedNodes {
  readonly #column: Int32Array;
  readonly #edges: readonly (readonly [number, number])[];
  /** For each node the group that it is in. */
  #group: Int32Array;
  #count: number;

  /** @param column of each node. */
  constructor(column: Int32Array, edges: readonly (readonly [number, number])[]) {
    this.#column = column;
    this.#edges = edges;
    this.#group = Int32Array.from(column.keys());
    this.#count = column.length;
  }

  /** Groups that there are. */
  get count(): number {
    return this.#count;
  }

  /** In the order of their first nodes. */
  groups(): NodeGroup[] {
    const groups: { readonly nodes: number[]; column: number }[] = [];
    for (const [node, group] of this.#group.entries()) {
      const column = this.#column[node] ?? 0;
      const known = groups[group];
      if (known === undefined) groups[group] = { nodes: [node], column };
      else {
        known.nodes.push(node);
        known.column = Math.min(known.column, column);
      }
    }
    return groups;
  }

  /** Between groups, each pair once. */
  *edges(): Generator<readonly [from: number, to: number]> {
    const seen = new Set<number>();
    for (const [from, to] of this.#edges) {
      const [parent = 0, child = 0] = [this.#group[from], this.#group[to]];
      const key = parent * this.#count + child;
      if (parent === child || seen.has(key)) continue;
      seen.add(key);
      yield [parent, child];
    }
  }

  /** Joins groups of one column that have the same neighbours. @returns whether there were any. */
  joinTwins(): boolean {
    const { parents, children } = this.#neighbours();
    const byNeighbours = new Map<string, number>();
    return this.#join(
      this.groups().map(({ column }, group) => {
        const key = `${column}|${sorted(parents[group])}|${sorted(children[group])}`;
        const first = byNeighbours.get(key) ?? group;
        byNeighbours.set(key, first);
        return first;
      }),
    );
  }

  /** Joins groups that lead only to one another, one after the other, as many as have to be. @returns whether there were any. */
  joinChains(most: number): boolean {
    const { parents, children } = this.#neighbours();
    const groups = this.groups();
    const columnOf = (group: number): number => groups[group]?.column ?? 0;
    const heads = groups.map((_, group) => group);
    let left = this.#count - most;
    // From the left, so that the head of what comes before is known.
    for (const group of heads.toSorted((a, b) => columnOf(a) - columnOf(b))) {
      const [parent, ...others] = parents[group] ?? [];
      const isOnly = parent !== undefined && others.length === 0 && children[parent]?.length === 1;
      // Nodes that need one another have one column, and no first one.
      if (!isOnly || columnOf(parent) >= columnOf(group)) continue;
      heads[group] = heads[parent] ?? parent;
      if (--left === 0) break;
    }
    return this.#join(heads);
  }

  /** Joins groups of one column, and columns side by side where these alone are too many, until there are no more than so many. */
  joinColumns(most: number): void {
    const groups = this.groups();
    const columns = [...new Set(groups.map(({ column }) => column))].toSorted((a, b) => a - b);
    const place = new Map(columns.map((column, at) => [column, at]));
    const together = Math.ceil(columns.length / most);
    // Each column has as much room as it has of all groups, and one box at least.
    const spare = together > 1 ? 0 : most - columns.length;
    const sizes = columns.map(() => 0);
    for (const { column } of groups) {
      const at = place.get(column) ?? 0;
      sizes[at] = (sizes[at] ?? 0) + 1;
    }
    const excess = Math.max(1, groups.length - columns.length);
    const room = sizes.map((size) => 1 + Math.floor(((size - 1) * spare) / excess));
    const seen = columns.map(() => 0);
    const first = new Map<string, number>();
    this.#join(
      groups.map(({ column }, group) => {
        const at = place.get(column) ?? 0;
        const nth = seen[at] ?? 0;
        seen[at] = nth + 1;
        const share = Math.floor((nth * (room[at] ?? 1)) / (sizes[at] ?? 1));
        const key = `${Math.floor(at / together)}|${share}`;
        const known = first.get(key) ?? group;
        first.set(key, known);
        return known;
      }),
    );
  }

  #neighbours(): { readonly parents: number[][]; readonly children: number[][] } {
    const parents = Array.from({ length: this.#count }, (): number[] => []);
    const children = Array.from({ length: this.#count }, (): number[] => []);
    for (const [from, to] of this.edges()) {
      children[from]?.push(to);
      parents[to]?.push(from);
    }
    return { parents, children };
  }

  /** @param into for each group the one that it is joined with. */
  #join(into: readonly number[]): boolean {
    const before = this.#count;
    const numbers = new Map<number, number>();
    this.#group = this.#group.map((group) => {
      const target = into[group] ?? group;
      const number = numbers.get(target) ?? numbers.size;
      numbers.set(target, number);
      return number;
    });
    this.#count = numbers.size;
    return this.#count < before;
  }
}

function sorted(numbers: readonly number[] = []): string {
  return numbers.toSorted((a, b) => a - b).join(",");
}

/** An arrow from one number to another. */
export interface Arrow {
  readonly child: number;
  readonly parent: number;
}

/**
 * The strongly connected components of a graph: numbers that can all be reached from one another have the same component.
 * Components of parents are numbered before those of their children. Tarjan's way, without recursion, so that no chain is too long.
 *
 * @returns the component of each number.
 */
export function componentsOf(count: number, arrows: readonly Arrow[]): Int32Array {
  const { starts, parents } = parentsOf(count, arrows);
  const component = new Int32Array(count).fill(-1);
  const order = new Int32Array(count).fill(-1);
  const lowest = new Int32Array(count);
  const next = starts.slice();
  const open: number[] = [];
  let [visited, components] = [0, 0];
  const way: number[] = [];
  for (let root = 0; root < count; root++) {
    if (order[root] !== -1) continue;
    way.push(root);
    while (way.length > 0) {
      const at = way.at(-1) ?? 0;
      if (order[at] === -1) {
        order[at] = lowest[at] = visited++;
        open.push(at);
      }
      const place = next[at] ?? 0;
      if (place < (starts[at + 1] ?? 0)) {
        next[at] = place + 1;
        const parent = parents[place] ?? 0;
        if (order[parent] === -1) way.push(parent);
        else if (component[parent] === -1) lowest[at] = Math.min(lowest[at] ?? 0, order[parent] ?? 0);
        continue;
      }
      way.pop();
      const child = way.at(-1);
      if (child !== undefined) lowest[child] = Math.min(lowest[child] ?? 0, lowest[at] ?? 0);
      if (lowest[at] !== order[at]) continue;
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        component[member] = components;
        if (member === at) break;
      }
      components++;
    }
  }
  return component;
}

/** The parents of all numbers in one array: those of `n` stand from `starts[n]` up to before `starts[n + 1]`. */
function parentsOf(count: number, arrows: readonly Arrow[]): { starts: Int32Array; parents: Int32Array } {
  const starts = new Int32Array(count + 1);
  for (const { child } of arrows) starts[child + 1] = (starts[child + 1] ?? 0) + 1;
  for (let i = 0; i < count; i++) starts[i + 1] = (starts[i + 1] ?? 0) + (starts[i] ?? 0);
  const free = starts.slice();
  const parents = new Int32Array(arrows.length);
  for (const { child, parent } of arrows) {
    const place = free[child] ?? 0;
    parents[place] = parent;
    free[child] = place + 1;
  }
  return { starts, parents };
}

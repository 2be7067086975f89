/**
 * The column of each node: the most arrows on a way that leads there, where nodes that need one another count as one.
 *
 * @param edges from what is needed to what needs it.
 */
export function columnsOf(size: number, edges: readonly (readonly [number, number])[]): Int32Array {
  const component = componentsOf(size, edges);
  const column = new Int32Array(size);
  const waits = new Int32Array(size);
  const children: number[][] = Array.from({ length: size }, () => []);
  for (const [from, to] of edges) {
    const [parent = 0, child = 0] = [component[from], component[to]];
    if (parent === child) continue;
    children[parent]?.push(child);
    waits[child] = (waits[child] ?? 0) + 1;
  }
  const ready: number[] = [];
  for (let each = 0; each < size; each++) if (waits[each] === 0) ready.push(each);
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    for (const child of children[next] ?? []) {
      column[child] = Math.max(column[child] ?? 0, (column[next] ?? 0) + 1);
      waits[child] = (waits[child] ?? 0) - 1;
      if (waits[child] === 0) ready.push(child);
    }
  }
  return Int32Array.from({ length: size }, (_, node) => column[component[node] ?? 0] ?? 0);
}

/** For each node one that stands for all that need one another with it; by Tarjan, without recursion: chains may be long. */
function componentsOf(size: number, edges: readonly (readonly [number, number])[]): Int32Array {
  const children: number[][] = Array.from({ length: size }, () => []);
  for (const [from, to] of edges) children[from]?.push(to);
  const component = new Int32Array(size).fill(-1);
  const number = new Int32Array(size).fill(-1);
  const lowest = new Int32Array(size);
  const next = new Int32Array(size);
  const open: number[] = [];
  let numbered = 0;
  for (let root = 0; root < size; root++) {
    if (number[root] !== -1) continue;
    const way = [root];
    for (let node = way.at(-1); node !== undefined; node = way.at(-1)) {
      if (number[node] === -1) {
        number[node] = lowest[node] = numbered++;
        open.push(node);
      }
      const child = children[node]?.[next[node] ?? 0];
      next[node] = (next[node] ?? 0) + 1;
      if (child !== undefined) {
        if (number[child] === -1) way.push(child);
        else if (component[child] === -1) lowest[node] = Math.min(lowest[node] ?? 0, number[child] ?? 0);
        continue;
      }
      way.pop();
      const parent = way.at(-1);
      if (parent !== undefined) lowest[parent] = Math.min(lowest[parent] ?? 0, lowest[node] ?? 0);
      if (lowest[node] !== number[node]) continue;
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        component[member] = node;
        if (member === node) break;
      }
    }
  }
  return component;
}

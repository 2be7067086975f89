import { SUCCESS, type Ending } from "../../../src/domain/ending.ts";
import type { FailureKind, TaskRow, TaskState } from "../../../src/domain/watch.ts";

/** A run that never was: everything about its tasks follows from these numbers, so that a million of them need no memory. */
export interface FakeScale {
  readonly total: number;
  /** Tasks with an outcome: those with the lowest ids. The next ones run. */
  readonly done: number;
  readonly nodes: readonly string[];
  readonly slotsOfNode: number;
  readonly started: number;
  /** Seconds that a task takes, in the middle. */
  readonly typical: number;
  /** Tasks of a thousand that fail. */
  readonly failing: number;
  readonly kinds: readonly { readonly ending: Ending; readonly text: string }[];
  command(id: number): string;
}

/** A number from 0 to 1 that looks like chance and is always the same for the same task. */
export function chance(id: number, salt: number): number {
  let x = Math.imul(id + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
  return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
}

export function slotsOf({ nodes, slotsOfNode }: FakeScale): number {
  return nodes.length * slotsOfNode;
}

/** How long a task takes: most as long as usual, a few many times that. Seconds. */
function durationOf(scale: FakeScale, id: number): number {
  const spread = chance(id, 1) + chance(id, 2) + chance(id, 3) - 1.5;
  return scale.typical * Math.exp(spread * 1.4) * (chance(id, 4) > 0.995 ? 8 : 1);
}

export function startOf(scale: FakeScale, id: number): number {
  return scale.started + 1.5 + Math.floor(id / slotsOf(scale)) * scale.typical * 1.25 + chance(id, 5) * 0.2;
}

/** The kind of failure, by its place; undefined for a task that succeeds. The first node fails more often. */
export function kindOf(scale: FakeScale, id: number): number | undefined {
  const engine = engineOf(scale, id);
  const failing = scale.kinds.length === 0 ? 0 : scale.failing * (engine === 1 ? 4 : 1);
  if (chance(id, 6) * 1000 >= failing) return undefined;
  return Math.min(scale.kinds.length - 1, Math.floor(chance(id, 7) ** 3 * scale.kinds.length));
}

export function engineOf(scale: FakeScale, id: number): number {
  return Math.floor((id % slotsOf(scale)) / scale.slotsOfNode);
}

export function stateOf(scale: FakeScale, id: number): TaskState {
  if (id < scale.done) return kindOf(scale, id) === undefined ? "succeeded" : "failed";
  return id < scale.done + slotsOf(scale) ? "running" : id < scale.done + slotsOf(scale) * 2 ? "assigned" : "waiting";
}

export function fakeTask(scale: FakeScale, id: number): TaskRow {
  const state = stateOf(scale, id);
  const row: TaskRow = { id, state, attempt: 0, line: id + 1, command: scale.command(id) };
  if (state === "waiting") return row;
  const engine = engineOf(scale, id);
  const node = scale.nodes[engine];
  if (state === "assigned") return { ...row, attempt: 1, engine, node };
  const start = startOf(scale, id);
  const running: TaskRow = { ...row, attempt: 1, engine, node, slot: id % scale.slotsOfNode, start };
  if (state === "running") return running;
  const kind = kindOf(scale, id);
  const failure = kind === undefined ? undefined : scale.kinds[kind];
  return {
    ...running,
    finish: start + durationOf(scale, id),
    ending: failure?.ending ?? SUCCESS,
    kind,
    output: { bytes: 1200, snippet: `task ${id}\nline two` },
    error:
      failure === undefined
        ? { bytes: 0, snippet: "" }
        : { bytes: 90, snippet: failure.text.replaceAll("#", String(id)) },
    usage: { cpu: durationOf(scale, id) * 0.93, peak: Math.round(2 ** (27 + chance(id, 8) * 4)) },
  };
}

/** Kinds as far as failures have come. */
export function fakeKinds(scale: FakeScale): FailureKind[] {
  const found = scale.kinds.map(() => ({
    count: 0,
    first: Infinity,
    last: 0,
    example: -1,
    nodes: new Map<number, number>(),
  }));
  for (let id = 0; id < scale.done; id++) {
    const kind = kindOf(scale, id);
    const row = kind === undefined ? undefined : found[kind];
    if (row === undefined) continue;
    const finish = startOf(scale, id) + durationOf(scale, id);
    row.count++;
    row.first = Math.min(row.first, finish);
    row.last = Math.max(row.last, finish);
    if (row.example < 0) row.example = id;
    row.nodes.set(engineOf(scale, id), 1);
  }
  return found.flatMap(({ count, first, last, example, nodes }, id) => {
    const kind = scale.kinds[id];
    if (kind === undefined || count === 0) return [];
    const [engine = 0] = nodes.keys();
    return [
      { id, ...kind, count, first, last, example, node: scale.nodes[engine] ?? "", nodes: nodes.size, isOther: false },
    ];
  });
}

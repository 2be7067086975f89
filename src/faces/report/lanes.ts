import { type OutcomeTable, ROW } from "../../records/outcomes/outcome-table.ts";
import { Lanes } from "../../records/past/lanes.ts";

/** Told of each task in which lane of its node it is, from 0. */
type TakeLane = (row: number, lane: number) => void;

/** Puts those tasks that are wanted in lanes of their nodes. @returns the lanes, by the numbers of nodes. */
export function lanesOfNodes(
  table: OutcomeTable,
  isWanted: (row: number) => boolean,
  take?: TakeLane,
): ReadonlyMap<number, Lanes> {
  const nodes = new Map<number, Lanes>();
  const rows: number[] = [];
  for (let row = 0; row < table.size; row++) if (table.type(row) === ROW.task && isWanted(row)) rows.push(row);
  // Files come one after another, though what they tell of may not have.
  rows.sort((a, b) => table.finish(a) - table.finish(b) || table.start(a) - table.start(b));
  for (const row of rows) {
    const node = table.node(row);
    let lanes = nodes.get(node);
    if (lanes === undefined) nodes.set(node, (lanes = new Lanes()));
    const lane = lanes.add(table.start(row), table.finish(row));
    take?.(row, lane);
  }
  return nodes;
}

/** The lane that each task ran in: the slot that the journal tells, otherwise one that is reconstructed from the times of tasks. */
export class TaskLanes {
  readonly #table: OutcomeTable;
  readonly #lanes: Int32Array;

  constructor(table: OutcomeTable) {
    this.#table = table;
    this.#lanes = new Int32Array(table.size);
    lanesOfNodes(
      table,
      (row) => table.slot(row) < 0,
      (row, lane) => (this.#lanes[row] = lane),
    );
  }

  /** From 0. */
  laneOf(row: number): number {
    return this.#table.slot(row) >= 0 ? this.#table.slot(row) : (this.#lanes[row] ?? 0);
  }
}

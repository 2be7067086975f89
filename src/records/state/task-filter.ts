import { TASK_STATES, type TaskQuery } from "../../domain/watch.ts";
import { CHUNK_TASKS, STATE, STATE_BITS, type TaskChunk } from "./task-chunk.ts";
import type { TaskTable } from "./task-table.ts";

/** A bit for each state of `STATE`. */
const ALL_TASKS = TASK_STATES.reduce((bits, state) => bits | bit(STATE[state]), bit(STATE.unseen));
const WITH_CODE = bit(STATE.succeeded) | bit(STATE.failed) | bit(STATE.skipped);
/** Tasks of these states are among those that the table has the text of. */
const OPEN = bit(STATE.assigned) | bit(STATE.running) | bit(STATE.interrupted) | bit(STATE.retrying);

/** No number of a column. */
const NOTHING = -1;

/** The conditions of a query that can be told from the table, as numbers. */
export class TaskFilter {
  /** Ids from this one to before that one. */
  readonly from: number;
  readonly to: number;
  readonly #states: number;
  /** As in the columns; `undefined` when there is no such condition. */
  readonly #kind: number | undefined;
  readonly #node: number | undefined;
  readonly #engine: number | undefined;
  readonly #code: number | undefined;

  constructor(query: TaskQuery, table: TaskTable) {
    const { states, kind, node, engine, code, from = 0, to = Infinity } = query;
    this.from = Math.max(0, Math.ceil(from));
    this.to = Math.floor(to) + 1;
    this.#kind = kind === undefined ? undefined : kind < 0 ? NOTHING : kind + 1;
    this.#engine = engine === undefined ? undefined : engine < 0 ? NOTHING : engine + 1;
    this.#node = node === undefined ? undefined : (table.numberOfNode(node) ?? NOTHING);
    this.#code = code;
    this.#states = statesOf(states) & (code === undefined ? ALL_TASKS : WITH_CODE);
  }

  /** Whether tasks may be among those wanted that nothing has been said of. */
  get wantsUnseen(): boolean {
    const isOpen = this.#kind === undefined && this.#node === undefined && this.#engine === undefined;
    return isOpen && (this.#states & bit(STATE.unseen)) !== 0;
  }

  /** Whether all that are wanted are among those that the table has the text of. */
  get isOfOpenTasks(): boolean {
    return (this.#states & ~OPEN) === 0;
  }

  /** Whether the task in this row of a chunk is wanted, apart from its id. */
  matches(chunk: TaskChunk, row: number): boolean {
    if (((this.#states >>> ((chunk.state[row] ?? 0) & STATE_BITS)) & 1) === 0) return false;
    if (this.#kind !== undefined && chunk.kind[row] !== this.#kind) return false;
    if (this.#node !== undefined && chunk.node[row] !== this.#node) return false;
    if (this.#engine !== undefined && chunk.engine[row] !== this.#engine) return false;
    return this.#code === undefined || chunk.code[row] === this.#code;
  }

  /** Whether the task is wanted. */
  wants(id: number, table: TaskTable): boolean {
    if (id < this.from || id >= this.to) return false;
    const chunk = table.chunkOf(id);
    return chunk === undefined ? this.wantsUnseen : this.matches(chunk, id % CHUNK_TASKS);
  }
}

function statesOf(states: TaskQuery["states"]): number {
  if (states === undefined) return ALL_TASKS;
  return states.reduce((bits, state) => bits | bit(STATE[state]) | (state === "waiting" ? bit(STATE.unseen) : 0), 0);
}

function bit(state: number): number {
  return 1 << state;
}

import { failureKey } from "../../domain/failure-kind.ts";
import type { TaskResult } from "../../domain/result.ts";
import type { FailureKind } from "../../domain/watch.ts";
import { KindTable } from "./kind-table.ts";

/** Nodes of a kind are counted up to this number. */
const MOST_NODES = 1024;

/** The failed tasks of one kind. */
interface Tally {
  count: number;
  readonly first: number;
  last: number;
  readonly node: string;
  readonly nodes: Set<string>;
  readonly example: number;
}

/** The failed tasks of a run, by what makes their failures alike. Memory grows with kinds and nodes, within bounds. */
export class FailureKinds {
  readonly #table = new KindTable();
  /** By the ids of kinds. */
  readonly #tallies: Tally[] = [];
  #latest: TaskResult | undefined;
  #latestId = 0;

  /** Takes note of a failed task. @param time when it was told, Unix time in seconds. @returns the id of its kind. */
  take(result: TaskResult, time: number): number {
    const { ending, error, node, taskId } = result;
    const { snippet } = error;
    const id = this.#table.of(failureKey(ending, snippet), () => ({ ending, snippet }));
    const tally = (this.#tallies[id] ??= {
      count: 0,
      first: time,
      last: time,
      node,
      nodes: new Set(),
      example: taskId,
    });
    tally.count++;
    tally.last = time;
    if (tally.nodes.size < MOST_NODES) tally.nodes.add(node);
    this.#latest = result;
    this.#latestId = id;
    return id;
  }

  /**
   * Id of the kind of a failed task that was taken note of, now or long ago: kinds never change. Costs nothing for the task that was
   * taken note of last. Undefined when nothing like it has been.
   */
  idOf(result: TaskResult): number | undefined {
    if (result === this.#latest) return this.#latestId;
    return this.#table.known(result.ending, result.error.snippet);
  }

  /** How many kinds there are. */
  get size(): number {
    return this.#tallies.length;
  }

  /** All kinds, by their first failure. */
  list(): FailureKind[] {
    return this.#table.all.flatMap((kind, id) => {
      const tally = this.#tallies[id];
      return tally === undefined ? [] : [{ id, ...kind, ...tally, nodes: tally.nodes.size }];
    });
  }
}

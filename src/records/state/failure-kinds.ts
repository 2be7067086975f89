import type { Ending } from "../../domain/ending.ts";
import { failureKey, failureText } from "../../domain/failure-kind.ts";
import type { TaskResult } from "../../domain/result.ts";
import type { FailureKind } from "../../domain/watch.ts";

/** Kinds at most, with the one that stands for all others: so a kind's id has room in a byte. */
export const MOST_KINDS = 256;

/** Nodes of a kind are counted up to this number. */
const MOST_NODES = 1024;

interface Kind {
  readonly id: number;
  readonly ending: Ending;
  readonly text: string;
  count: number;
  readonly first: number;
  last: number;
  readonly node: string;
  readonly nodes: Set<string>;
  readonly example: number;
  readonly isOther: boolean;
}

/** The failed tasks of a run, by what makes their failures alike. Memory grows with kinds and nodes, within bounds. */
export class FailureKinds {
  /** By id. */
  readonly #kinds: Kind[] = [];
  readonly #byKey = new Map<string, Kind>();
  #latest: TaskResult | undefined;
  #latestId = 0;

  /** Takes note of a failed task. @param time when it was told, Unix time in seconds. @returns the id of its kind. */
  take(result: TaskResult, time: number): number {
    const kind = this.#kindFor(result, time);
    kind.count++;
    kind.last = time;
    if (kind.nodes.size < MOST_NODES) kind.nodes.add(result.node);
    this.#latest = result;
    this.#latestId = kind.id;
    return kind.id;
  }

  /**
   * Id of the kind of a failed task that was taken note of, now or long ago: kinds never change. Costs nothing for the task that was
   * taken note of last. Undefined when nothing like it has been.
   */
  idOf(result: TaskResult): number | undefined {
    if (result === this.#latest) return this.#latestId;
    return (this.#byKey.get(keyOf(result)) ?? this.#other())?.id;
  }

  /** How many kinds there are. */
  get size(): number {
    return this.#kinds.length;
  }

  /** All kinds, by their first failure. */
  list(): FailureKind[] {
    return this.#kinds.map((kind) => ({ ...kind, nodes: kind.nodes.size }));
  }

  #kindFor(result: TaskResult, time: number): Kind {
    const text = failureText(result.error.snippet);
    const key = failureKey(result.ending, text);
    const known = this.#byKey.get(key) ?? this.#other();
    if (known !== undefined) return known;
    const isOther = this.#kinds.length === MOST_KINDS - 1;
    const kind: Kind = {
      id: this.#kinds.length,
      ending: result.ending,
      text: isOther ? "" : text,
      count: 0,
      first: time,
      last: time,
      node: result.node,
      nodes: new Set(),
      example: result.taskId,
      isOther,
    };
    this.#kinds.push(kind);
    if (!isOther) this.#byKey.set(key, kind);
    return kind;
  }

  #other(): Kind | undefined {
    return this.#kinds[MOST_KINDS - 1];
  }
}

function keyOf({ ending, error }: TaskResult): string {
  return failureKey(ending, failureText(error.snippet));
}

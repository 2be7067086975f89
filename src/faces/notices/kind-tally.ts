import { isSuccess } from "../../domain/ending.ts";
import type { RunEvent } from "../../domain/events.ts";
import { failureKey, failureText } from "../../domain/failure-kind.ts";
import type { FailureKind } from "../../domain/watch.ts";

const MOST_KINDS = 256;

/** Kinds of failures as they come. */
export class KindTally {
  readonly #kinds = new Map<string, { kind: FailureKind; nodes: Set<string> }>();

  observe(event: RunEvent): void {
    if (event.type !== "task-finished" || isSuccess(event.result.ending)) return;
    const { ending, node, finish, taskId } = event.result;
    const text = failureText(event.result.error.snippet);
    const isOther = this.#kinds.size >= MOST_KINDS && !this.#kinds.has(failureKey(ending, text));
    const key = isOther ? "" : failureKey(ending, text);
    const { kind, nodes } = this.#kinds.get(key) ?? {
      kind: { id: this.#kinds.size, ending, text, count: 0, first: finish, last: finish, node, nodes: 0, example: taskId, isOther },
      nodes: new Set<string>(),
    };
    nodes.add(node);
    this.#kinds.set(key, { kind: { ...kind, count: kind.count + 1, last: finish, nodes: nodes.size }, nodes });
  }

  all(): readonly FailureKind[] {
    return [...this.#kinds.values()].map(({ kind }) => kind);
  }
}

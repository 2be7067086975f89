import { exited } from "../../../../src/domain/ending.ts";
import type { PerEngineCommand, StreamItem, Task } from "../../../../src/domain/task.ts";

/** A task of a plain file: its line is one more than its id. */
export function task(id: number): Task {
  return { kind: "task", id, line: id + 1, repeatIndex: -1, command: `task ${id}` };
}

/** Tasks with the ids from 0. */
export function tasks(count: number): Task[] {
  return Array.from({ length: count }, (_, id) => task(id));
}

export function barrier(id: number, check = false): StreamItem {
  return { kind: "barrier", id, line: id + 1, check, text: "barrier" };
}

export function skipped(id: number, code = 0): StreamItem {
  const outcome = { node: "n", pid: 1, ending: exited(code), start: 0, finish: 1, alreadyRecorded: false };
  const silence = { output: { bytes: 0, snippet: "" }, error: { bytes: 0, snippet: "" } };
  return { kind: "skipped", task: task(id), previous: { ...outcome, ...silence } };
}

export function perEngine(when: PerEngineCommand["when"]): PerEngineCommand {
  return { kind: "per-engine", when, id: 0, line: 1, command: when };
}

export function sorted(ids: readonly number[]): number[] {
  return ids.toSorted((a, b) => a - b);
}

import { describe, expect, test } from "vitest";
import { StatesNow } from "../../../src/cli/states-now.ts";
import type { InstanceState } from "../../../src/domain/instance-state.ts";
import type { RunInquiries, TaskDetail, TaskRow, TaskState } from "../../../src/domain/watch.ts";
import type { Instance } from "../../../src/workflows/graph/instance.ts";

/** A run whose tasks are in these states, by their ids. */
function run(states: readonly TaskState[]): RunInquiries {
  const rowOf = (id: number): TaskRow | undefined => {
    const state = states[id];
    return state === undefined ? undefined : { id, state, attempt: 1 };
  };
  return {
    tasks: async ({ states: wanted = [], limit, cursor = "0" }) => {
      const all = states.flatMap((state, id) => (wanted.includes(state) ? (rowOf(id) ?? []) : []));
      const end = Number(cursor) + limit;
      return { rows: all.slice(Number(cursor), end), cursor: end < all.length ? String(end) : undefined };
    },
    task: async (id): Promise<TaskDetail | undefined> => {
      const row = rowOf(id);
      return row === undefined ? undefined : { row, attempts: [] };
    },
    slots: async () => [],
  };
}

/** What the records say: the index of an instance is its TaskID. */
function recorded(state: InstanceState): {
  stateOf(instance: Instance): InstanceState | undefined;
  idOf(instance: Instance): number;
} {
  return { stateOf: () => state, idOf: ({ index }) => index };
}

const at = (index: number): Instance => ({ template: 0, index });

describe("the states of instances by a run that goes on", () => {
  test("all that is under way is known, however much that is", async () => {
    const now = await StatesNow.ask(
      run(Array.from({ length: 1201 }, (_, id) => (id === 1200 ? "retrying" : "running"))),
    );
    const standing = await now.standing(recorded("ready"), at(1300));
    expect([0, 499, 500, 1199, 1200, 1201].map((index) => standing.stateOf(at(index)))).toEqual([
      "running",
      "running",
      "running",
      "running",
      "retrying",
      "ready",
    ]);
  });

  test("what has ended while the records were read is what these say", async () => {
    const now = await StatesNow.ask(run(["running"]));
    const standing = await now.standing(recorded("failed"), at(0));
    expect(standing.stateOf(at(0))).toBe("failed");
  });

  test("the instance that is told of may have begun, or ended, since the records were read", async () => {
    const states: TaskState[] = ["waiting", "waiting", "waiting"];
    const now = await StatesNow.ask(run(states));
    states.splice(0, 2, "assigned", "succeeded");
    const told = await Promise.all([0, 1, 2].map((index) => now.standing(recorded("ready"), at(index))));
    expect(told.map((standing, index) => standing.stateOf(at(index)))).toEqual(["running", "done", "ready"]);
  });
});

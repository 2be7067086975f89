import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/domain/errors.ts";
import type { RunEvent } from "../../../src/domain/events.ts";
import { termsOfText } from "../../../src/domain/terms/task-terms.ts";
import { reservedContexts } from "../../../src/places/reserved-contexts.ts";
import { beginRunOf, OwnSource, taskOf } from "./source-run.ts";

const SETTINGS = { tasksPerNode: undefined, cpusPerTask: undefined };

/** By task id, the context of the engine that ran it. */
function places(events: readonly RunEvent[]): ReadonlyMap<number, string | undefined> {
  const contexts = new Map<number, string>();
  const found = new Map<number, string | undefined>();
  for (const event of events) {
    if (event.type === "engine-joined") contexts.set(event.engine.rank, event.engine.context);
    if (event.type === "task-finished") found.set(event.task.id, contexts.get(event.result.engine));
  }
  return found;
}

describe("further contexts of a run", () => {
  test("take the tasks that name them, and no others", async () => {
    const gpu = termsOfText("context=gpu");
    const tasks = Array.from({ length: 40 }, (_, id) => taskOf(id, "true", id % 4 === 0 ? { terms: gpu } : {}));
    const context = [{ label: "gpu", hosts: "localhost:3" }];
    const { run, events } = await beginRunOf(new OwnSource(tasks), { context });
    const { counts } = await run.outcome;
    expect(counts.succeeded).toBe(40);
    const found = places(events);
    for (const { id } of tasks) expect([id, found.get(id)]).toEqual([id, id % 4 === 0 ? "gpu" : "SSH0"]);
    expect(events.filter(({ type }) => type === "context-added")).toMatchObject([
      { context: { label: "SSH0" } },
      { context: { label: "gpu", isReserved: true, nodes: [{ slots: 3 }] } },
    ]);
  });

  test("have labels of their own", () => {
    const first = { label: "SSH0", nodes: [], taskLimit: 0 };
    for (const labels of [["gpu", "gpu"], ["SSH0"]]) {
      const given = labels.map((label) => ({ label, hosts: "localhost:1" }));
      expect(() => reservedContexts(given, SETTINGS, first)).toThrow("two groups of hosts have this label");
    }
  });

  test("are refused in a Slurm job, whose nodes are one context", () => {
    const first = { label: "J1", nodes: [], taskLimit: 0, slurmJob: "1" };
    expect(() => reservedContexts([{ label: "gpu", hosts: "a:1" }], SETTINGS, first)).toThrow(UserError);
    expect(reservedContexts([], SETTINGS, first)).toEqual([]);
  });
});

import type { Backlog } from "./backlog.ts";
import type { Assignment } from "../domain/task.ts";
import type { EngineLoad } from "./engine-load.ts";

/**
 * Takes tasks from the backlog for the engines: first one for every free slot, then, if wanted, tasks ahead of need in
 * equal shares. The engines hold them from now on.
 */
export function distribute(
  backlog: Backlog,
  engines: Iterable<EngineLoad>,
  ahead: boolean,
): Map<EngineLoad, Assignment[]> {
  const batches = new Map<EngineLoad, Assignment[]>();
  const give = (engine: EngineLoad, count: number): void => {
    for (let i = 0; i < count; i++) {
      const assignment = backlog.takeTask();
      if (assignment === undefined) return;
      engine.give(assignment);
      const batch = batches.get(engine);
      if (batch === undefined) batches.set(engine, [assignment]);
      else batch.push(assignment);
    }
  };
  const emptiestFirst = [...engines].toSorted((a, b) => b.freeSlots() - a.freeSlots());
  for (const engine of emptiestFirst) give(engine, engine.freeSlots());
  if (!ahead) return batches;
  const share = Math.ceil(backlog.size / Math.max(1, emptiestFirst.length));
  for (const engine of emptiestFirst) give(engine, Math.min(engine.room(true), share));
  return batches;
}

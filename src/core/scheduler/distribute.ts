import type { Backlog } from "./backlog.ts";
import type { Assignment } from "../../domain/task.ts";
import type { EngineLoad } from "./engine-load.ts";
import type { Suspicion } from "./suspicion.ts";

/**
 * Takes tasks from the backlog for the engines: suspects first, as far apart as they are to run; then one task for every free
 * slot, and, if wanted, tasks ahead of need in equal shares. The engines hold them from now on.
 */
export function distribute(
  backlog: Backlog,
  engines: Iterable<EngineLoad>,
  suspicion: Suspicion,
  ahead: boolean,
): Map<EngineLoad, Assignment[]> {
  const batches = new Map<EngineLoad, Assignment[]>();
  const give = (engine: EngineLoad, assignment: Assignment): void => {
    engine.give(assignment);
    const batch = batches.get(engine);
    if (batch === undefined) batches.set(engine, [assignment]);
    else batch.push(assignment);
  };
  let emptiestFirst = [...engines].toSorted((a, b) => b.freeSlots() - a.freeSlots());
  if (backlog.hasSuspect) {
    giveSuspects(backlog, emptiestFirst, ahead, give);
    if (suspicion.runsAlone(backlog.mostCrashes)) emptiestFirst = withoutReserved(emptiestFirst);
  }
  if (backlog.elsewhere.size > 0) backlog.elsewhere.distribute(emptiestFirst, ahead, give);
  const giveMany = (engine: EngineLoad, count: number): void => {
    for (let i = 0; i < count; i++) {
      const assignment = backlog.takeTask();
      if (assignment === undefined) return;
      give(engine, assignment);
    }
  };
  for (const engine of emptiestFirst) giveMany(engine, engine.freeSlots());
  if (!ahead) return batches;
  const share = Math.ceil(backlog.unsuspected / Math.max(1, emptiestFirst.length));
  for (const engine of emptiestFirst) giveMany(engine, Math.min(engine.room(true), share));
  return batches;
}

function giveSuspects(
  backlog: Backlog,
  engines: readonly EngineLoad[],
  ahead: boolean,
  give: (engine: EngineLoad, assignment: Assignment) => void,
): void {
  for (const engine of engines) {
    for (;;) {
      const suspect = backlog.takeSuspect((crashes) => engine.mayTakeSuspect(crashes, ahead));
      if (suspect === undefined) break;
      give(engine, suspect);
    }
  }
}

/**
 * The engines without the one that is kept for a task that is to run alone. An engine that runs such a task now is going to
 * be free for it; where there is none, the engine that holds least is given nothing more.
 */
function withoutReserved(engines: readonly EngineLoad[]): EngineLoad[] {
  const able = engines.filter((engine) => engine.state === "ready" && !engine.silent && engine.quota.left > 0);
  if (able.some((engine) => engine.isTakenByOne)) return [...engines];
  const [reserved] = able.toSorted((a, b) => a.held.size - b.held.size);
  return engines.filter((engine) => engine !== reserved);
}

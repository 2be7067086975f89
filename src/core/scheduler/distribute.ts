import type { Backlog } from "./backlog.ts";
import type { Assignment } from "../../domain/task.ts";
import type { Demand } from "./demand.ts";
import type { EngineLoad } from "./engine-load.ts";
import type { Suspicion } from "./suspicion.ts";

/** Says that the engine holds the task from now on. */
export type Give = (engine: EngineLoad, assignment: Assignment) => void;

/** What engines are given in one go. */
export class Batches {
  readonly byEngine = new Map<EngineLoad, Assignment[]>();

  give(engine: EngineLoad, assignment: Assignment): void {
    engine.give(assignment);
    const batch = this.byEngine.get(engine);
    if (batch === undefined) this.byEngine.set(engine, [assignment]);
    else batch.push(assignment);
  }
}

/**
 * Takes tasks from the backlog for the engines: suspects first, as far apart as they are to run; then one task for every free
 * slot, and, if wanted, tasks ahead of need in equal shares. The engines hold them from now on.
 *
 * @param demand what every task in the backlog takes that nobody suspects; a slot when undefined.
 */
export function distribute(
  backlog: Backlog,
  engines: Iterable<EngineLoad>,
  suspicion: Suspicion,
  ahead: boolean,
  demand?: Demand,
): Batches["byEngine"] {
  const batches = new Batches();
  const give: Give = (engine, assignment) => batches.give(engine, assignment);
  let emptiestFirst = [...engines].toSorted((a, b) => b.freeSlots(demand) - a.freeSlots(demand));
  if (backlog.hasSuspect) {
    giveSuspects(backlog, emptiestFirst, ahead, give);
    if (suspicion.runsAlone(backlog.mostCrashes)) emptiestFirst = withoutReserved(emptiestFirst);
  }
  if (backlog.elsewhere.size > 0)
    backlog.elsewhere.distribute(emptiestFirst, (engine, own) => engine.room(ahead, own) > 0, give);
  const giveMany = (engine: EngineLoad, count: number): void => {
    for (let i = 0; i < count; i++) {
      const assignment = backlog.takeTask();
      if (assignment === undefined) return;
      give(engine, assignment);
    }
  };
  for (const engine of emptiestFirst) giveMany(engine, engine.freeSlots(demand));
  if (!ahead) return batches.byEngine;
  const share = Math.ceil(backlog.unsuspected / Math.max(1, emptiestFirst.length));
  for (const engine of emptiestFirst) giveMany(engine, Math.min(engine.room(true, demand), share));
  return batches.byEngine;
}

/** Gives suspects to engines, as far apart as they are to run. */
export function giveSuspects(backlog: Backlog, engines: readonly EngineLoad[], ahead: boolean, give: Give): void {
  for (const engine of engines) {
    for (;;) {
      const suspect = backlog.takeSuspect((next) => engine.mayTakeSuspect(next, ahead));
      if (suspect === undefined) break;
      give(engine, suspect);
    }
  }
}

/**
 * The engines without the one that is kept for a task that is to run alone. An engine that runs such a task now is going to
 * be free for it; where there is none, the engine that holds least is given nothing more.
 */
export function withoutReserved(engines: readonly EngineLoad[], demand?: Demand): EngineLoad[] {
  const able = engines.filter((engine) => engine.isAble && (demand === undefined || engine.couldRun(demand)));
  if (able.some((engine) => engine.isTakenByOne)) return [...engines];
  const [reserved] = able.toSorted((a, b) => a.held.size - b.held.size);
  return engines.filter((engine) => engine !== reserved);
}

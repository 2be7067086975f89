import { Fifo } from "../../domain/fifo.ts";
import type { Assignment } from "../../domain/task.ts";
import { type Demand, demandOf } from "./demand.ts";
import type { EngineLoad } from "./engine-load.ts";

/**
 * Tasks that have failed on one node and are to be tried on another: each waits for an engine there that could run it, as long as there
 * is one. They are looked at before all others, and nothing is kept free for them.
 */
export class Elsewhere {
  readonly #waiting = new Fifo<Assignment>();

  get size(): number {
    return this.#waiting.size;
  }

  add(assignment: Assignment): void {
    this.#waiting.push(assignment);
  }

  remove(isIt: (assignment: Assignment) => boolean): void {
    this.#waiting.remove(isIt);
  }

  /** Takes out tasks that no engine of another node could run any more: for them the same node is good enough. */
  takeHomeless(engines: Iterable<EngineLoad>): Assignment[] {
    if (this.size === 0) return [];
    const able = [...engines].filter((engine) => engine.mayTake);
    const homeless: Assignment[] = [];
    this.#waiting.remove((assignment) => {
      const demand = demandOf(assignment);
      const hasOther = able.some((engine) => engine.node !== assignment.avoid && engine.couldRun(demand));
      if (!hasOther) homeless.push({ ...assignment, avoid: undefined });
      return !hasOther;
    });
    return homeless;
  }

  /** Gives each task to an engine of another node that has room for it. */
  distribute(
    engines: readonly EngineLoad[],
    hasRoom: (engine: EngineLoad, demand: Demand) => boolean,
    give: (engine: EngineLoad, assignment: Assignment) => void,
  ): void {
    for (let left = this.#waiting.size; left > 0; left--) {
      const assignment = this.#waiting.shift();
      if (assignment === undefined) return;
      const demand = demandOf(assignment);
      const engine = engines.find((one) => one.node !== assignment.avoid && hasRoom(one, demand));
      if (engine === undefined) this.#waiting.push(assignment);
      else give(engine, assignment);
    }
  }
}

import { Fifo } from "../../domain/fifo.ts";
import type { Assignment } from "../../domain/task.ts";
import type { EngineLoad } from "./engine-load.ts";

/** Tasks that have failed on one node and are to be tried on another. Where no other is, the same one is good enough. */
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

  /** Gives each task to an engine of another node that has room; one that has none is waited for, as long as there is one. */
  distribute(
    engines: readonly EngineLoad[],
    ahead: boolean,
    give: (engine: EngineLoad, assignment: Assignment) => void,
  ): void {
    for (let left = this.#waiting.size; left > 0; left--) {
      const assignment = this.#waiting.shift();
      if (assignment === undefined) return;
      const others = engines.filter((engine) => engine.node !== assignment.avoid && engine.mayTake);
      const choice = others.length > 0 ? others : engines;
      const engine = choice.find((one) => one.room(ahead) > 0);
      if (engine === undefined) this.#waiting.push(assignment);
      else give(engine, assignment);
    }
  }
}

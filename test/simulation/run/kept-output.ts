import { inflateSync } from "node:zlib";
import type { OutputBlock, OutputKeeper } from "../../../src/domain/output.ts";
import type { TaskResult } from "../../../src/domain/result.ts";
import type { SimulatedProcess } from "../world/process.ts";
import type { World } from "../world/world.ts";
import { printedBy } from "./executions.ts";

/** What drivers of a run have kept of what tasks printed, on a disk that takes its time. */
export class KeptOutput {
  readonly #world: World;
  readonly #kept = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Keeps for a driver, as long as that is alive. */
  keeperFor(process: SimulatedProcess): OutputKeeper {
    return {
      keep: (block, done) =>
        this.#world.post(process, this.#world.random.between(0, 20), () => {
          this.#take(block);
          done();
        }),
    };
  }

  /** Why something is wrong with what is kept of a task that has had its outcome; undefined when nothing is. */
  lackOf({ taskId, attempt }: Pick<TaskResult, "taskId" | "attempt">): string | undefined {
    return this.#kept.has(printedBy(taskId, attempt))
      ? undefined
      : `nothing is kept of task ${taskId}, attempt ${attempt}`;
  }

  #take({ pieces, data }: OutputBlock): void {
    const text = inflateSync(data).toString();
    let at = 0;
    for (const { taskId, attempt, length } of pieces) {
      const part = text.slice(at, at + length);
      at += length;
      if (part !== printedBy(taskId, attempt)) {
        this.#world.noteThrown(new Error(`task ${taskId}, attempt ${attempt}, is said to have printed ${part}`));
      }
      this.#kept.add(part);
    }
  }
}

import type { Context, NodeSlots } from "../../domain/engine.ts";
import type { EngineProcess, Invite, Launcher } from "../../domain/launcher.ts";
import { outOfReach } from "./adopted-engine.ts";
import type { EngineStarter, KnownEngine } from "./engine-starter.ts";

/** The ways to get engines going on the nodes of a context. */
export interface Starters {
  readonly local: EngineStarter;
  readonly remote: EngineStarter;
  /** Missing outside of a Slurm job. */
  readonly slurm?: EngineStarter | undefined;
}

/** Starts the engines of a context: through srun in a Slurm job; else by itself on this machine, over SSH on others. */
export class ContextLauncher implements Launcher {
  readonly context: Context;
  readonly #starters: Starters;

  constructor(context: Context, starters: Starters) {
    this.context = context;
    this.#starters = starters;
  }

  /** @param id that the engine is to name when it joins; one is made up when it is missing. */
  start(node: NodeSlots, invite: Invite, id?: string): EngineProcess | undefined {
    // What looks like this machine may be another host, of which no more than the name is known.
    if (!this.context.nodes.includes(node)) return undefined;
    return this.#starterOf(node)?.start(this.context.label, node, invite, id);
  }

  adopt(node: NodeSlots, engine: KnownEngine): EngineProcess {
    return this.#starterOf(node)?.adopt(this.context.label, node, engine) ?? outOfReach(node, engine.id);
  }

  over(engine: EngineProcess, node: NodeSlots): void {
    this.#starterOf(node)?.over?.(engine, node);
  }

  #starterOf({ destination }: NodeSlots): EngineStarter | undefined {
    const { local, remote, slurm } = this.#starters;
    if (this.context.slurmJob !== undefined) return slurm;
    return destination === undefined ? local : remote;
  }
}

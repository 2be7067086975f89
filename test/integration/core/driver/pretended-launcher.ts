import type { Context, Engine, NodeSlots } from "../../../../src/domain/engine.ts";
import type { EngineProcess, Invitation, Invite, Launcher } from "../../../../src/domain/launcher.ts";
import type { PretendedEngine } from "./pretended-engine.ts";

/** A launcher that starts no process: the test plays the engines, which are started in their order. */
export class PretendedLauncher implements Launcher {
  readonly context: Context;
  /** What was asked for at each start. */
  readonly invitations: Promise<Invitation>[] = [];
  /** Nodes of the context on which engines were started, by their place, in the order of the starts. */
  readonly starts: number[] = [];
  /** Engines that have been taken up from an earlier driver. */
  readonly adopted: EngineProcess[] = [];
  readonly #engines: readonly PretendedEngine[];

  /** @param nodeCount one engine is started on each; the others stand ready to be started in place of those. */
  constructor(engines: readonly PretendedEngine[], nodeCount: number, taskLimit = 0) {
    this.#engines = engines;
    const nodes = Array.from({ length: nodeCount }, () => ({ node: "alpha", slots: 1, coresPerSlot: 1 }));
    this.context = { label: "SSH0", nodes, taskLimit };
  }

  start(node: NodeSlots, invite: Invite): EngineProcess | undefined {
    const engine = this.#engines[this.starts.length];
    if (engine === undefined) return undefined;
    this.starts.push(this.context.nodes.indexOf(node));
    const invitation = invite("here");
    this.invitations.push(invitation);
    engine.invited(invitation);
    return engine;
  }

  adopt(_node: NodeSlots, { id }: Pick<Engine, "id" | "pid">): EngineProcess {
    const engine = this.#engines.find((one) => one.id === id);
    if (engine === undefined) throw new Error(`the test has no engine ${id}`);
    this.adopted.push(engine);
    return engine;
  }
}

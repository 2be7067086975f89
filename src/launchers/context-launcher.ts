import type { Context } from "../domain/engine.ts";
import type { EngineProcess, Invite, Launcher } from "../domain/launcher.ts";
import type { EngineStarter } from "./engine-starter.ts";

/** Starts one engine on each node of a context: by itself on this machine, over SSH on others. */
export class ContextLauncher implements Launcher {
  readonly context: Context;
  readonly #local: EngineStarter;
  readonly #remote: EngineStarter;

  constructor(context: Context, starters: { readonly local: EngineStarter; readonly remote: EngineStarter }) {
    this.context = context;
    this.#local = starters.local;
    this.#remote = starters.remote;
  }

  launch(invite: Invite): readonly EngineProcess[] {
    const { label, nodes } = this.context;
    return nodes.map((node) =>
      (node.destination === undefined ? this.#local : this.#remote).start(label, node, invite),
    );
  }
}

import { randomUUID } from "node:crypto";
import type { Writable } from "node:stream";
import type { Engine, NodeSlots } from "../../domain/engine.ts";
import type { EngineProcess, Invitation, Invite } from "../../domain/launcher.ts";
import type { EngineTerms } from "../../domain/engine-terms.ts";
import { engineLogPrefix, type EngineSpec } from "../../wire/engine-spec.ts";

/** One way to get an engine process going on a machine. */
export interface EngineStarter {
  /**
   * @param label of the context.
   * @param id that the engine is to name when it joins; one is made up when it is missing.
   */
  start(label: string, node: NodeSlots, invite: Invite, id?: string): EngineProcess;
  /** Takes up an engine that this program has started there before and that it no longer has a hold of. */
  adopt(label: string, node: NodeSlots, engine: KnownEngine): EngineProcess;
  /** No engine is going to run on this node any more, once the last one has ended. */
  over?(engine: EngineProcess, node: NodeSlots): void;
}

/** What is known of an engine that somebody else has started: its id and the process that has named it. */
export type KnownEngine = Pick<Engine, "id" | "pid">;

/** All that an engine is told, but for where its driver is. */
export type UninvitedSpec = Omit<EngineSpec, "invitation">;

/** What this engine is told. @param id unlike any other's. */
export function specify(
  terms: EngineTerms,
  context: string,
  { node, slots, coresPerSlot }: NodeSlots,
  id: string = randomUUID(),
): UninvitedSpec {
  return { engineId: id, context, node, slots, coresPerSlot, terms };
}

/** Where everything is written that the engine's process prints; one that is started in its place goes on there. */
export function wrapLogOf(spec: UninvitedSpec): string {
  return `${engineLogPrefix(spec)}wrap.log`;
}

/** Tells an engine that is starting what it is to do; nothing, when the invitation fails, and then it goes again. */
export async function tell(stdin: Writable, spec: UninvitedSpec, invitation: Promise<Invitation>): Promise<void> {
  // An engine that has ended already says why in another way.
  stdin.on("error", () => undefined);
  try {
    const { addresses, credentials } = await invitation;
    const complete: EngineSpec = {
      ...spec,
      invitation: { addresses: [...addresses], credentials: { ...credentials } },
    };
    stdin.end(JSON.stringify(complete));
  } catch {
    stdin.end();
  }
}

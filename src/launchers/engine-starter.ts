import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Writable } from "node:stream";
import type { NodeSlots } from "../domain/engine.ts";
import type { EngineProcess, Invitation, Invite } from "../domain/launcher.ts";
import type { EngineSpec } from "../wire/engine-spec.ts";

/** One way to get an engine process going on a machine. */
export interface EngineStarter {
  /** @param label of the context. */
  start(label: string, node: NodeSlots, invite: Invite): EngineProcess;
}

/** What all engines of a run have in common, however they are started. */
export interface EngineSettings {
  /** Names of variables whose values are dealt out over the slots. */
  readonly resources: readonly string[];
  /** Working directory of the tasks. */
  readonly cwd: string;
  /** Beginning of the paths of all files of the run. */
  readonly prefix: string;
  readonly logLevel: string;
}

/** All that an engine is told, but for where its driver is. */
export type UninvitedSpec = Omit<EngineSpec, "invitation">;

/** What this engine is told; its id is unlike any other's. */
export function specify(
  settings: EngineSettings,
  context: string,
  { node, slots, coresPerSlot }: NodeSlots,
): UninvitedSpec {
  const { cwd, logLevel, resources } = settings;
  const logPrefix = `${settings.prefix}_${context}_${node}_engine_`;
  const engineId = randomUUID();
  return { engineId, context, node, slots, coresPerSlot, cwd, logPrefix, logLevel, resources: [...resources] };
}

/** Where everything is written that the engine's process prints. */
export function wrapLogOf({ logPrefix }: UninvitedSpec): string {
  return `${logPrefix}wrap.log`;
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

/** The last line of a log, cut to a length for people; undefined when it is empty or missing. */
export function lastLineOf(path: string): string | undefined {
  try {
    const line = readFileSync(path, "utf8").trimEnd().split("\n").at(-1)?.slice(0, 300);
    return line === "" ? undefined : line;
  } catch {
    return undefined;
  }
}

import { UserError } from "../../domain/errors.ts";
import { EXIT } from "../../domain/exit-codes.ts";
import { RunningCommand } from "./runner.ts";
import type { Share } from "./shares.ts";
import { SlotCrew } from "./slot-crew.ts";
import { SlotWorker } from "./slot-worker.ts";
import { ownAffinity } from "../process/affinity.ts";
import { bootSeconds } from "../process/boot-clock.ts";
import { stopProcesses } from "../process/stop-processes.ts";
import type { EngineSpec } from "../../wire/engine-spec.ts";
import { callEngine, listenForSlots, type SlotLinkOptions } from "../../wire/slot-link.ts";
import { openRunnerSetup } from "./runner-setup.ts";

/** The environment of this process. */
type Variables = Share["env"];

/** Milliseconds that an engine and its slot processes wait for each other; Slurm starts them in the same moment. */
const GATHER_MS = 60_000;

/**
 * The slot that this process is for; 0 for the engine.
 *
 * @param localId what Slurm says of the process's number on this node.
 * @throws UserError `bad-slot` when there is no such slot.
 */
export function slotOf({ slotProcesses, slots }: EngineSpec, localId: string | undefined): number {
  if (slotProcesses !== true || slots === 1 || localId === undefined) return 0;
  const slot = /^\d+$/.test(localId) ? Number(localId) : Number.NaN;
  if (slot < slots) return slot;
  const message = `SLURM_LOCALID is ${JSON.stringify(localId)}, and the engine has ${slots} slots, from 0`;
  throw new UserError("bad-slot", message, { exitCode: EXIT.unfinished });
}

/** Runs the tasks of a slot until the engine has no more use for that. @throws UserError when there is no engine. */
export async function runSlotProcess(spec: EngineSpec, slot: number, env: Variables): Promise<void> {
  const { engineId, coresPerSlot, terms } = spec;
  const setup = openRunnerSetup(terms.cwd, terms.output, (message) => worker.warn(message));
  const worker: SlotWorker = new SlotWorker(await callEngine(linkOf(spec), GATHER_MS), {
    slot,
    engineId,
    coresPerSlot,
    terms,
    bootSeconds,
    share: ownShare(env),
    start: (command, own, done, started, how) => new RunningCommand(setup, command, own, done, started, how),
    kill: (group) => stopProcesses(undefined, new Set([group]), () => 0),
  });
  await worker.run();
}

/**
 * Waits for the engine's slot processes, if it has any.
 *
 * @param told resolves when they need not be waited for any more.
 * @returns undefined when tasks can just as well run in the engine's own process; then there are none any more.
 * @throws UserError when they do not come.
 */
export async function gatherCrew(spec: EngineSpec, told: Promise<void>, env: Variables): Promise<SlotCrew | undefined> {
  if (spec.slotProcesses !== true || spec.slots === 1) return undefined;
  const crew = new SlotCrew(spec.slots, ownShare(env));
  const listener = await listenForSlots({ ...linkOf(spec), slots: spec.slots }, (socket) => crew.accept(socket));
  let isNeeded = false;
  try {
    const whole = await Promise.race([crew.gather(GATHER_MS).then(() => true), told.then(() => false)]);
    isNeeded = whole && crew.isNeeded;
  } finally {
    listener.close();
    if (!isNeeded) await crew.release();
  }
  return isNeeded ? crew : undefined;
}

function linkOf({ engineId, invitation }: EngineSpec): SlotLinkOptions {
  return { engineId, credentials: invitation.credentials };
}

function ownShare(env: Variables): Share {
  return { affinity: ownAffinity(), env };
}

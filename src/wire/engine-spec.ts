import * as v from "valibot";
import { InvitationSchema } from "./contact.ts";
import { LeaseTermsEntries } from "./lease-terms.ts";
import { LogStyleEntries } from "./log-style.ts";

/**
 * What a launcher tells the engine process that it starts, as JSON on the engine's standard input. It holds the run's
 * credentials, so it must never stand in arguments, in an environment or in a log.
 */
const EngineSpecSchema = v.object({
  invitation: InvitationSchema,
  engineId: v.string(),
  context: v.string(),
  node: v.string(),
  slots: v.pipe(v.number(), v.integer(), v.minValue(1)),
  coresPerSlot: v.pipe(v.number(), v.integer(), v.minValue(1)),
  resources: v.array(v.string()),
  cwd: v.string(),
  /** Path of the log up to the engine's rank, which is not known yet. */
  logPrefix: v.string(),
  ...LogStyleEntries,
  /**
   * The process has been started once for each slot, by Slurm, which numbers them in SLURM_LOCALID: number 0 is the engine,
   * the others run tasks for it.
   */
  slotProcesses: v.exactOptional(v.boolean()),
  /** A signal that tells the engine to leave may reach its tasks as well, as those of Slurm do. */
  sharedSignals: v.exactOptional(v.boolean()),
  /** Tasks are told how many threads to use, by the variables that libraries know. */
  threadEnv: v.exactOptional(v.boolean()),
  ...LeaseTermsEntries,
});

export type EngineSpec = v.InferOutput<typeof EngineSpecSchema>;

/** @throws Error when the text is no engine specification. */
export function parseEngineSpec(text: string): EngineSpec {
  return v.parse(EngineSpecSchema, JSON.parse(text));
}

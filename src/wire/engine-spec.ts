import * as v from "valibot";
import { InvitationSchema } from "./contact.ts";
import { EngineTermsSchema } from "./engine-terms.ts";

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
  /**
   * The process has been started once for each slot, by Slurm, which numbers them in SLURM_LOCALID: number 0 is the engine,
   * the others run tasks for it.
   */
  slotProcesses: v.exactOptional(v.boolean()),
  /** A signal that tells the engine to leave may reach its tasks as well, as those of Slurm do. */
  sharedSignals: v.exactOptional(v.boolean()),
  terms: EngineTermsSchema,
});

export type EngineSpec = v.InferOutput<typeof EngineSpecSchema>;

/** @throws Error when the text is no engine specification. */
export function parseEngineSpec(text: string): EngineSpec {
  return v.parse(EngineSpecSchema, JSON.parse(text));
}

/** Path of an engine's log up to its rank, which is not known before it has joined. */
export function engineLogPrefix({ context, node, terms }: Pick<EngineSpec, "context" | "node" | "terms">): string {
  return `${terms.prefix}_${context}_${node}_engine_`;
}

import type { AskSlurm } from "./slurm/ask.ts";
import type { ContextSettings } from "./context-settings.ts";
import { type ContextDraft, makeContext } from "./contexts.ts";
import type { Environment } from "../domain/environment.ts";
import { givenHosts, isNothing, thisMachine } from "./given-hosts.ts";
import { isSlurmJob, refuseCopy, type SlurmPlace, slurmPlace } from "./slurm-place.ts";

/** Where tasks are to run, as the command line and the environment have it. */
export interface Place {
  readonly draft: ContextDraft;
  /** The Slurm job that it is, if it is one. */
  readonly slurm: SlurmPlace | undefined;
  /** What the user should know. */
  readonly notes: readonly string[];
}

/** Whether somebody says where tasks are to run. */
export function isPlaceGiven(options: ContextSettings, env: Environment): boolean {
  return isSlurmJob(env) || !isNothing(givenHosts(options, env));
}

/** One run is enough for a Slurm job. @throws UserError `one-of-many` when srun has started several, in all but the first. */
export function refuseCopies(options: ContextSettings, env: Environment): void {
  if (!isNamed(options)) refuseCopy(env);
}

/** Whether the command line names hosts. */
function isNamed({ sshNode, hostfile }: ContextSettings): boolean {
  return sshNode.length + hostfile.length > 0;
}

/**
 * The hosts that the command line names; else the Slurm job that this process is part of; else the hosts that the environment
 * names.
 *
 * @param isHelper the run is another's, and this process goes when its engines do.
 * @returns undefined when nobody says anything.
 * @throws UserError (exit code 2).
 */
export async function findPlace(
  options: ContextSettings,
  env: Environment,
  ask: AskSlurm,
  { isHelper = false }: { readonly isHelper?: boolean } = {},
): Promise<Place | undefined> {
  refuseCopies(options, env);
  const slurm = isNamed(options) ? undefined : await slurmPlace(options, env, ask, isHelper);
  if (slurm !== undefined) return { draft: slurm.draft, slurm, notes: slurm.notes };
  const hosts = givenHosts(options, env);
  if (isNothing(hosts)) return undefined;
  return {
    draft: makeContext({ ...options, ...hosts }, thisMachine()),
    slurm: undefined,
    notes: withoutEffect(options),
  };
}

/** What to tell of options that only mean something in a Slurm job, outside of one. */
export function withoutEffect({ fill, minTimeLeft, retireCmd }: ContextSettings): string[] {
  const given = [
    ...(fill ? ["--fill"] : []),
    ...(minTimeLeft > 0 ? ["--min-time-left"] : []),
    ...(retireCmd === undefined ? [] : ["--retire-cmd"]),
  ];
  if (given.length === 0) return [];
  return [`${given.join(", ")} ${given.length === 1 ? "has" : "have"} no effect: no Slurm job is used`];
}

import { systemClock } from "../faces/terminal/clock.ts";
import { slurmPrograms } from "../places/slurm/ask.ts";
import { clusterFacts, jobFacts, USUAL_CLUSTER } from "../places/slurm/job-facts.ts";
import { attendAllocationEnd } from "../places/slurm/allocation-end.ts";
import type { Environment } from "../domain/environment.ts";
import { type Interruptible, obeySignals } from "./signals.ts";
import { isSlurmJob, type SlurmPlace } from "../places/slurm-place.ts";
import type { SlurmWarning } from "../places/submission.ts";

export interface AttendOptions {
  /** The Slurm job that this process is part of, if its nodes are used. */
  readonly slurm: SlurmPlace | undefined;
  /** Seconds before the end of that job from which nothing is started any more. */
  readonly minTimeLeft: number;
  readonly env: Environment;
  /** Somebody watches on a terminal, as `hasTerminal` says. */
  readonly onTerminal: boolean;
  /** Told of each signal by which Slurm warns of the end of the job. */
  readonly warned?: (warning: SlurmWarning) => void;
}

/**
 * Has signals do to a run what they are to do; and the end of a Slurm job, when it comes near.
 *
 * @returns a function that puts an end to that.
 */
export function attend(run: Interruptible, { slurm, minTimeLeft, env, onTerminal, warned }: AttendOptions): () => void {
  if (!isSlurmJob(env)) return obeySignals(run, onTerminal);
  const ask = slurmPrograms(env);
  let cluster = slurm?.cluster ?? USUAL_CLUSTER;
  if (slurm === undefined) void clusterFacts(ask).then((told) => (cluster = told));
  const endTime = slurm?.job.endTime ?? slurm?.facts.endTime;
  const ignoreSignals = obeySignals(run, onTerminal, {
    killWait: () => cluster.killWait,
    warned: (signal) => {
      if (endTime !== undefined) warned?.({ signal, secondsLeft: endTime - systemClock.now() });
    },
  });
  if (slurm === undefined || minTimeLeft === 0 || endTime === undefined) return ignoreSignals;
  const stopWaiting = attendAllocationEnd({
    endTime,
    minTimeLeft,
    now: () => systemClock.now(),
    outOfTime: () => run.drain("out-of-time"),
    askAgain: async () => (await jobFacts(ask, slurm.job.id)).endTime,
  });
  return () => {
    ignoreSignals();
    stopWaiting();
  };
}

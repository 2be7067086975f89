import type { Binding } from "./binding.ts";
import type { LeaseTerms } from "./lease.ts";
import type { LimitTerms } from "./limits.ts";
import type { LogStyle } from "./log.ts";
import type { ThrottleTerms } from "./throttle.ts";
import type { OutputTerms } from "./output-terms.ts";

/**
 * What all engines of a run are told, however they are started. It travels as this one object, from whoever made it to every
 * engine and its slot processes, and to contexts that are added later.
 */
export interface EngineTerms extends LeaseTerms, LogStyle {
  /** Names of variables whose comma-separated values are dealt out over the slots. */
  readonly resources: readonly string[];
  /** Working directory of the tasks. */
  readonly cwd: string;
  /** Beginning of the paths of all files of the run. */
  readonly prefix: string;
  /** Tasks are told how many threads to use, by the variables that libraries know, unless the user has said something else. */
  readonly threadEnv: boolean;
  /** How tasks are ended at their limits. */
  readonly limits: LimitTerms;
  /** When they hold tasks back; missing when they never do. */
  readonly throttle?: ThrottleTerms | undefined;
  /** What is kept of what tasks print. */
  readonly output: OutputTerms;
  readonly offer: EngineOffer;
}

/** What engines are told of what they have for their tasks. */
interface EngineOffer {
  /** Amounts of resources that the user has named, which the tasks of each engine share. */
  readonly named: Readonly<Record<string, number>>;
  /** Tasks run on their own cores and on no others. */
  readonly bind?: Binding | undefined;
}

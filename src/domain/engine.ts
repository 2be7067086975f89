/** One allocation of machines and the launcher that serves it. */
export interface Context {
  /** Unique within a run; part of log file names. */
  readonly label: string;
  readonly nodes: readonly NodeSlots[];
  /** After this many tasks the context's engines take no more; 0 means no limit. */
  readonly taskLimit: number;
  /** The Slurm job that its nodes belong to, whose engines are started through srun. */
  readonly slurmJob?: string | undefined;
  /** Only tasks that name the context run there. */
  readonly isReserved?: boolean | undefined;
}

/** How much of one machine a context may use. */
export interface NodeSlots {
  /** Host name. */
  readonly node: string;
  /** How SSH is told to reach it, `host` or `user@host`; missing for the machine that starts the engines. */
  readonly destination?: string | undefined;
  /** Tasks run at the same time. */
  readonly slots: number;
  /** Whole cores that each slot may count on; what tasks see as DISBATCH_CORES_PER_TASK. */
  readonly coresPerSlot: number;
  /** Whether others can use the machine when this run does not: its engine leaves as soon as there is nothing left for it. */
  readonly releasable?: boolean | undefined;
}

/** What an engine has for all of its tasks together. */
export interface EngineCapacity {
  /** Its slots times the cores of each. */
  readonly cores: number;
  /** What a task takes that says nothing of cores. */
  readonly coresPerSlot: number;
  /** Bytes; undefined where nobody knows. */
  readonly memory?: number | undefined;
  readonly gpus: number;
  /** Amounts of resources that the user has named. */
  readonly named: Readonly<Record<string, number>>;
  /** Tasks at the same time, when each needs less than a slot has; not less than its slots. */
  readonly mostTasks: number;
}

/** An engine that has joined the run. */
export interface Engine {
  /** Unlike any other engine's; its process was started with it. */
  readonly id: string;
  /** Order of arrival, from 0. */
  readonly rank: number;
  readonly node: string;
  readonly pid: number;
  readonly slots: number;
  /** Missing for an engine of which nothing is known but its slots. */
  readonly capacity?: EngineCapacity | undefined;
  /** Label of its context. */
  readonly context: string;
}

/**
 * Name of a variable that every process of a task inherits. Its value is the id of the engine, by which all processes of its
 * tasks are found when they have to be ended. The ids of outer engines stand before it when the run is itself a task of another.
 */
export const ENGINE_MARK = "DISBATCH_ENGINE_ID";
export const MARK_SEPARATOR = ":";

import type { Environment } from "../../domain/environment.ts";

/** A step of a job: one process for each slot of one node. */
export interface SrunRequest {
  readonly jobId: string;
  readonly node: string;
  readonly slots: number;
  readonly coresPerSlot: number;
  /** The node's cores in this job. */
  readonly cpus: number;
  /** Whether tasks can be bound to processors there. */
  readonly binds: boolean;
  /** Variables that the user wants srun to have; undefined when nothing was said, and then there are defaults. */
  readonly options: Readonly<Record<string, string>> | undefined;
}

/**
 * What srun takes from its environment and must not: what is not named here is left as it is, such as GPUs and memory
 * for each node or task, and what the job is.
 */
const NOT_FOR_SRUN: readonly RegExp[] = [
  // How many nodes, tasks and processors: the job's numbers do not fit a step on one node.
  /^SLURM_(?:NNODES|JOB_NUM_NODES|NPROCS|NTASKS|NTASKS_PER_[A-Z]+|TASKS_PER_NODE)$/,
  /^(?:SLURM|SRUN)_CPUS_PER_TASK$/,
  /^SLURM_(?:OVERCOMMIT|USE_MIN_NODES|SPREAD_JOB)$/,
  // GPUs of the whole job, of which one node has a part only; and processors by GPUs, which go against --cpus-per-task.
  /^SLURM_(?:GPUS|CPUS_PER_GPU)$/,
  // Which nodes, and in what order: the step's node is named.
  /^SLURM_(?:HOSTFILE|ARBITRARY_NODELIST|DISTRIBUTION|DIST_PLANESIZE|DIST_LLLP)$/,
  // What to do when processors are in use: steps of disbatch share with whatever else runs in the job, and do not wait.
  /^SLURM_(?:EXACT|WHOLE|EXCLUSIVE|IMMEDIATE)$/,
  // Where input and output go, and in what form: both belong to whoever starts the step. SLURM_DEBUG goes against --quiet.
  /^SLURM_(?:STDINMODE|STDOUTMODE|STDERRMODE|OPEN_MODE|LABELIO|UNBUFFEREDIO|DEBUG)$/,
  // When the step ends: with its last task, and not before.
  /^SLURM_(?:WAIT|KILL_BAD_EXIT|TIMELIMIT)$/,
  // Where the step begins: where srun does.
  /^SLURM_(?:REMOTE_CWD|WORKING_DIR)$/,
  // What the tasks' environment is: it has precedence over SLURM_EXPORT_ENV.
  /^SRUN_EXPORT_ENV$/,
  // The step that disbatch itself may run in. SLURM_STEP_GRES is no word about it, but the user's wish for all steps.
  /^SLURM_(?:STEPID|STEP_(?!GRES$).*|PTY_.*|(?:CPU|MEM)_BIND_(?:LIST|TYPE|VERBOSE|PREFER|SORT))$/,
];

/** Arguments for srun up to, and without, the program. */
export function srunArguments({ jobId, node, slots, coresPerSlot, cpus }: SrunRequest): string[] {
  return [
    `--jobid=${jobId}`,
    "--nodes=1",
    `--ntasks=${slots}`,
    `--nodelist=${node}`,
    // An overcommitted step has all of the node's processors, and is not refused for having more tasks than those.
    slots * coresPerSlot <= cpus ? `--cpus-per-task=${coresPerSlot}` : "--overcommit",
    // Tasks that end leave the others alone, also where the site has it otherwise (KillOnBadExit, WaitTime).
    "--kill-on-bad-exit=0",
    "--wait=0",
    "--input=all",
    // Only errors on standard error. (With --unbuffered tasks would have a terminal; without it whole lines come at once.)
    "--quiet",
  ];
}

/**
 * The environment for srun: what there is, without what would make the step another one. Its tasks see all of it, also in a
 * job that was submitted with `--export=NONE`, and the step shares the processors with every other: also with the one
 * that disbatch may run in. (A variable says so, since Slurm before 20.11 does not know the option.)
 */
export function srunEnvironment({ options, binds }: SrunRequest, env: Environment): Record<string, string | undefined> {
  const kept = Object.entries(env).filter(([name]) => !NOT_FOR_SRUN.some((pattern) => pattern.test(name)));
  const { SLURM_CPU_BIND, SLURM_MEM_BIND, SLURM_TRES_PER_TASK, ...others } = Object.fromEntries(kept);
  const cpuBind = bindingOf(SLURM_CPU_BIND, env["SLURM_CPU_BIND_LIST"]);
  // A hint is a binding, too, and srun may refuse to have both.
  const defaultBind = binds && (others["SLURM_HINT"] ?? "") === "" ? "cores" : undefined;
  return {
    ...others,
    ...variable("SLURM_MEM_BIND", bindingOf(SLURM_MEM_BIND, env["SLURM_MEM_BIND_LIST"])),
    ...variable("SLURM_TRES_PER_TASK", withoutCpus(SLURM_TRES_PER_TASK)),
    SLURM_EXPORT_ENV: "ALL",
    SLURM_OVERLAP: "1",
    ...variable("SLURM_CPU_BIND", cpuBind ?? (options === undefined ? defaultBind : undefined)),
    ...(options ?? { SLURM_MPI_TYPE: "none" }),
  };
}

/** A binding that the user wants. In a step srun itself has set the variable, as its list tells, and that is no wish. */
function bindingOf(binding: string | undefined, list: string | undefined): string | undefined {
  return binding === "" || (list !== undefined && list !== "") ? undefined : binding;
}

/**
 * What each task asks for beside processors. From Slurm 23.11 on the number of processors stands there, too
 * (`cpu=4,gres/gpu:1`), and srun refuses two numbers that differ.
 */
function withoutCpus(perTask: string | undefined): string | undefined {
  const others = perTask?.split(",").filter((item) => !/^cpu[=:]/.test(item)) ?? [];
  return others.length === 0 ? undefined : others.join(",");
}

function variable(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}

import type { Environment } from "../../domain/environment.ts";
import { findProgram } from "../../files/find-program.ts";
import { ownAffinity } from "../process/affinity.ts";
import { findGpus } from "./gpus.ts";
import type { Gpus } from "./gpu-variables.ts";
import { memoryHere } from "./memory.ts";
import { type SystemFiles, systemFiles } from "./system-files.ts";

/** What this machine has for the tasks of one engine. */
export interface Machine {
  /** Bytes; undefined where nobody knows. */
  readonly memory: number | undefined;
  readonly gpus: Gpus;
  /** The processors that this process may use, as the system lists them. */
  readonly affinity: string;
  readonly files: SystemFiles;
  /** Path of the program that binds processes to processors; undefined without one. */
  readonly taskset: string | undefined;
  /** What the user is to be told of it, in a line each. */
  readonly warnings: readonly string[];
}

/**
 * Looks what there is for tasks.
 *
 * @param env what this process was given.
 * @param dealtOut variables whose values the user wants dealt out; one that names GPUs counts before others that do.
 */
export async function lookAtMachine(env: Environment, dealtOut: readonly string[]): Promise<Machine> {
  const files = systemFiles();
  const { gpus, warnings } = await findGpus(files, env, dealtOut);
  const memory = memoryHere(files, env);
  return { memory, gpus, affinity: ownAffinity(), files, taskset: findProgram("taskset", env), warnings };
}

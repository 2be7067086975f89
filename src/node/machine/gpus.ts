import type { Environment } from "../../domain/environment.ts";
import { gpusOfDrivers } from "./gpu-driver.ts";
import { gpusOfPrograms } from "./gpu-programs.ts";
import { type Gpus, gpusNamedIn, NO_GPUS } from "./gpu-variables.ts";
import type { SystemFiles } from "./system-files.ts";

/** The GPUs of an engine, and what the user is to be told of them, in a line each. */
export interface GpusFound {
  readonly gpus: Gpus;
  readonly warnings: readonly string[];
}

/**
 * The GPUs for the tasks of an engine: those that its environment names, else those of the drivers, else those that programs list.
 *
 * @param first variables that count before others, where they name GPUs.
 */
export async function findGpus(files: SystemFiles, env: Environment, first: readonly string[]): Promise<GpusFound> {
  const known = gpusNamedIn(env, first) ?? gpusOfDrivers(files);
  if (known !== undefined) return { gpus: known, warnings: [] };
  const { gpus = NO_GPUS, warning } = await gpusOfPrograms(env);
  return { gpus, warnings: warning === undefined ? [] : [warning] };
}

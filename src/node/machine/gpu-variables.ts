import type { Environment } from "../../domain/environment.ts";

/** Variables that name the GPUs that a program is to use, of NVIDIA, AMD and Intel. The first that is set says which there are. */
export const GPU_VARIABLES = [
  "CUDA_VISIBLE_DEVICES",
  "ROCR_VISIBLE_DEVICES",
  "HIP_VISIBLE_DEVICES",
  "ZE_AFFINITY_MASK",
  "GPU_DEVICE_ORDINAL",
] as const;

/** GPUs that tasks may be given, by what programs call them. */
export interface Gpus {
  /** A number, or the word of one that its maker has given: `GPU-...`, `MIG-...`. */
  readonly ids: readonly string[];
  /** Variables that are to name those of a task. */
  readonly variables: readonly string[];
}

export const NO_GPUS: Gpus = { ids: [], variables: [] };

/** What hides all GPUs: nothing, -1, and what Slurm writes where a job has none. */
const NONE = /^(?:|-1|NoDevFiles|none|void)$/i;

/** The GPUs that the environment names; undefined where it does not speak of any. @param before variables that count first. */
export function gpusNamedIn(env: Environment, before: readonly string[] = []): Gpus | undefined {
  const names = [...GPU_VARIABLES.filter((name) => before.includes(name)), ...GPU_VARIABLES];
  const first = names.find((name) => env[name] !== undefined);
  if (first === undefined) return undefined;
  const ids = idsIn(env[first]);
  return { ids, variables: GPU_VARIABLES.filter((name) => env[name] === env[first]) };
}

/** The ids that such a variable has. From a word that hides devices on, none count, as programs have it. */
function idsIn(value: string | undefined): string[] {
  const words = (value ?? "").split(",").map((word) => word.trim());
  const end = words.findIndex((word) => NONE.test(word));
  return [...new Set(end < 0 ? words : words.slice(0, end))];
}

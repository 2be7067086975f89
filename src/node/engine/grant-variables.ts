import type { Environment } from "../../domain/environment.ts";
import type { Needs } from "../../domain/terms/task-terms.ts";
import type { Grant } from "./allotment.ts";
import { threadVariables } from "./environment.ts";

/** What all tasks of an engine have in common, as far as their variables go. */
export interface GrantSetting {
  /** Cores of a task that does not say how many it needs. */
  readonly coresPerSlot: number;
  /** Variables that name the GPUs of a task. */
  readonly gpuVariables: readonly string[];
  /** The tasks' environment without what disBatch sets; undefined where it says nothing of threads. */
  readonly threadsIn: Environment | undefined;
}

/** Variables of a task that says what it needs, which stand before those of its slot. */
export function grantVariables(needs: Needs, grant: Grant, setting: GrantSetting): Record<string, string> {
  const cores = needs.cores ?? setting.coresPerSlot;
  const whole = Math.max(1, Math.ceil(cores));
  return {
    DISBATCH_RESOURCES: JSON.stringify(resourcesOf(needs, cores, grant)),
    DISBATCH_CORES_PER_TASK: String(whole),
    ...(setting.threadsIn === undefined ? {} : threadVariables(setting.threadsIn, whole)),
    ...(needs.gpus > 0 ? gpuVariables(grant.gpus, setting.gpuVariables) : {}),
  };
}

/** What a task has for itself, as programs read it; memory in bytes. */
function resourcesOf({ memory, gpus, named }: Needs, cores: number, grant: Grant): Record<string, unknown> {
  const own = {
    cores,
    ...(grant.cpus.length > 0 ? { cpus: grant.cpus } : {}),
    ...(memory === undefined ? {} : { memory }),
    ...(gpus > 0 ? { gpus: grant.gpus } : {}),
  };
  // A resource of the user's may be called `cpus`.
  return { ...own, ...Object.fromEntries(named), ...own };
}

/** HIP counts those that ROCR lets it see, from 0. */
function gpuVariables(ids: readonly string[], names: readonly string[]): Record<string, string> {
  const list = ids.join(",");
  const counted = ids.map((_, i) => i).join(",");
  const isCounted = (name: string): boolean => name === "HIP_VISIBLE_DEVICES" && names.includes("ROCR_VISIBLE_DEVICES");
  return Object.fromEntries(names.map((name) => [name, isCounted(name) ? counted : list]));
}

import type { Environment } from "../../domain/environment.ts";
import { cgroupMemory } from "./cgroup-memory.ts";
import { slurmMemory } from "./slurm-memory.ts";
import type { SystemFiles } from "./system-files.ts";

const KIBI = 1024;

/** Bytes of memory that the tasks of an engine may take between them: the smallest limit there is. Undefined where nobody says. */
export function memoryHere(files: SystemFiles, env: Environment): number | undefined {
  const limits = [machineMemory(files), cgroupMemory(files), slurmMemory(env)];
  const known = limits.filter((limit) => limit !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function machineMemory(files: SystemFiles): number | undefined {
  const [, kibibytes] = /^MemTotal:\s*([0-9]+) kB$/m.exec(files.read("/proc/meminfo")) ?? [];
  return kibibytes === undefined ? undefined : Number(kibibytes) * KIBI;
}

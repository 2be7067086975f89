import type { Gpus } from "./gpu-variables.ts";
import type { SystemFiles } from "./system-files.ts";

const NVIDIA = "/proc/driver/nvidia/gpus";
/** Folders of parts of GPUs are there once somebody has made such parts. */
const NVIDIA_PARTS = "/proc/driver/nvidia/capabilities";
const AMD = "/sys/class/kfd/kfd/topology/nodes";

/**
 * The GPUs that the drivers in the kernel know, which cost nothing to ask. Undefined where there are none, or where only the
 * vendor's program can tell what they are called.
 */
export function gpusOfDrivers(files: SystemFiles): Gpus | undefined {
  return nvidiaGpus(files) ?? amdGpus(files);
}

function nvidiaGpus(files: SystemFiles): Gpus | undefined {
  const places = files.list(NVIDIA).toSorted();
  if (places.length === 0 || files.list(NVIDIA_PARTS).some((gpu) => hasParts(files, gpu))) return undefined;
  const ids = places.map(
    (place) => /^GPU UUID:\s*(GPU-[0-9a-f-]+)\s*$/m.exec(files.read(`${NVIDIA}/${place}/information`))?.[1],
  );
  // A GPU that nobody has used since the machine started has question marks there.
  const known = ids.filter((id) => id !== undefined);
  return known.length < ids.length ? undefined : { ids: known, variables: ["CUDA_VISIBLE_DEVICES"] };
}

function hasParts(files: SystemFiles, gpu: string): boolean {
  return files.list(`${NVIDIA_PARTS}/${gpu}/mig`).some((name) => name.startsWith("gi"));
}

/** Processors stand there, too, and have no vector units. */
function amdGpus(files: SystemFiles): Gpus | undefined {
  const nodes = files.list(AMD).filter((node) => /^simd_count [1-9]/m.test(files.read(`${AMD}/${node}/properties`)));
  return nodes.length === 0 ? undefined : { ids: nodes.map((_, i) => String(i)), variables: ["ROCR_VISIBLE_DEVICES"] };
}

import type { Environment } from "../../domain/environment.ts";

/** They name devices, of which `0` is one. */
const DEVICES = [
  "CUDA_VISIBLE_DEVICES",
  "GPU_DEVICE_ORDINAL",
  "HIP_VISIBLE_DEVICES",
  "ROCR_VISIBLE_DEVICES",
  "ZE_AFFINITY_MASK",
  "SLURM_JOB_GPUS",
  "SLURM_STEP_GPUS",
];

/** They say how many, `2` or `a100:2`, of which `0` is none. */
const COUNTS = [
  "SLURM_GPUS",
  "SLURM_GPUS_ON_NODE",
  "SLURM_GPUS_PER_NODE",
  "SLURM_GPUS_PER_SOCKET",
  "SLURM_GPUS_PER_TASK",
  "SLURM_CPUS_PER_GPU",
  "SLURM_NTASKS_PER_GPU",
];

/** NoDevFiles is what Slurm sets where it hands out devices, and handed out none; -1 is how people hide them. */
const NO_DEVICE = /^(?:NoDevFiles|-1)?$/;
const NONE = /^(?:(?:.*:)?0+)?$/s;

/** True when anything in the environment says that the job has GPUs. */
export function hasGpus(env: Environment): boolean {
  return DEVICES.some((name) => !NO_DEVICE.test(env[name] ?? "")) || COUNTS.some((name) => !NONE.test(env[name] ?? ""));
}

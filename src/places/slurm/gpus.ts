import type { Environment } from "../../domain/environment.ts";

/** Variables that name devices, of which `0` is one. */
const DEVICES = [
  "CUDA_VISIBLE_DEVICES",
  "GPU_DEVICE_ORDINAL",
  "HIP_VISIBLE_DEVICES",
  "ROCR_VISIBLE_DEVICES",
  "ZE_AFFINITY_MASK",
  "SLURM_JOB_GPUS",
  "SLURM_STEP_GPUS",
];

/** Variables that say how many devices there are, `2` or `a100:2`, of which `0` is none. */
const COUNTS = [
  "SLURM_GPUS",
  "SLURM_GPUS_ON_NODE",
  "SLURM_GPUS_PER_NODE",
  "SLURM_GPUS_PER_SOCKET",
  "SLURM_GPUS_PER_TASK",
  "SLURM_CPUS_PER_GPU",
  "SLURM_NTASKS_PER_GPU",
];

/** A variable without a device: Slurm sets NoDevFiles where it has handed out none, and people hide devices by -1. */
const NO_DEVICE = /^(?:NoDevFiles|-1)?$/;
const NONE = /^(?:(?:.*:)?0+)?$/s;

/** Whether anything in the environment says that the job has GPUs. */
export function hasGpus(env: Environment): boolean {
  return DEVICES.some((name) => !NO_DEVICE.test(env[name] ?? "")) || COUNTS.some((name) => !NONE.test(env[name] ?? ""));
}

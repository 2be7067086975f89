import { describe, expect, test } from "vitest";
import type { SlurmJob } from "../../../../src/places/slurm/job.ts";
import { slurmSlots, type SlotRequest } from "../../../../src/places/slurm/slots.ts";
import { jobOf, recorded, RECORDED_NAMES, refusalOf } from "./support.ts";

/** `-t 3 -c 0.5 --fill`, as far as there. */
function requestOf(options: string): SlotRequest {
  const [, t] = /-t (\S+)/.exec(options) ?? [];
  const [, c] = /-c (\S+)/.exec(options) ?? [];
  return {
    fill: options.includes("--fill"),
    tasksPerNode: t === undefined ? undefined : Number(t),
    cpusPerTask: c === undefined ? undefined : Number(c),
  };
}

/** `NODE SLOTSxCORES, ...`, and the warning behind a bar. */
function outcomeOf(job: SlurmJob, options: string): string {
  const { nodes, warnings } = slurmSlots(job, requestOf(options));
  expect(warnings.length).toBeLessThanOrEqual(1);
  const slots = nodes.map((node) => `${node.node} ${node.slots}x${node.coresPerSlot}`).join(", ");
  return [slots, ...warnings].join(" | ");
}

/** `NODE CPUS/TASKS` of the nodes, and whatever else is known of the job. */
function summaryOf({ nodes, ...others }: SlurmJob): Record<string, unknown> {
  return { ...others, nodes: nodes.map(({ name, cpus, tasks = "?" }) => `${name} ${cpus}/${tasks}`).join(", ") };
}

interface Expected {
  /** Of the job; no GPUs, no restarts, where nothing is said. */
  readonly job: Record<string, unknown>;
  /** By the options. */
  readonly slots: Readonly<Record<string, string>>;
}

const HET = "only the first of the job's 2 components is used";

const EXPECTED: Readonly<Record<string, Expected>> = {
  "sbatch-n5": {
    job: { id: "11", nodes: "node1 4/4, node2 1/1", thisNode: "node1" },
    slots: {
      "": "node1 4x1, node2 1x1",
      "-t 3": "node1 3x1, node2 3x1",
      "-c 2": "node1 2x2 | node2 has 1 core and is not used",
      "-c 0.5": "node1 4x1, node2 1x1",
      "--fill": "node1 4x1, node2 1x1",
      "--fill -c 0.5": "node1 8x1, node2 2x1",
      "-t 2 -c 3": "node1 2x3, node2 2x3 | -t 2 with -c 3 needs more cores than node1 has (4)",
    },
  },
  "sbatch-N3-n6-c1": {
    job: { id: "12", nodes: "node1 4/4, node2 1/1, node3 1/1", cpusPerTask: 1, thisNode: "node1" },
    slots: {
      "": "node1 4x1, node2 1x1, node3 1x1",
      "-c 2": "node1 2x2 | -c 2 counts, not SLURM_CPUS_PER_TASK=1; node2, node3 have too few cores and are not used",
      "--fill -c 0.25": "node1 16x1, node2 4x1, node3 4x1 | -c 0.25 counts, not SLURM_CPUS_PER_TASK=1",
    },
  },
  "sbatch-ntasks-per-node-2-c2": {
    job: { id: "13", nodes: "node1 4/2", cpusPerTask: 2, tasksPerNode: 2, thisNode: "node1" },
    slots: {
      "": "node1 2x2",
      "-t 2": "node1 2x2",
      "-t 3": "node1 3x1 | -t 3 counts, not SLURM_NTASKS_PER_NODE=2",
      "-c 2": "node1 2x2",
      "-c 3": "node1 1x3 | -c 3 counts, not SLURM_CPUS_PER_TASK=2; -c 3 leaves no room for SLURM_NTASKS_PER_NODE=2",
      "--fill": "node1 2x2",
      "--fill -c 1": "node1 4x1 | -c 1 counts, not SLURM_CPUS_PER_TASK=2; --fill counts, not SLURM_NTASKS_PER_NODE=2",
    },
  },
  "sbatch-exclusive": {
    job: { id: "15", nodes: "node1 4/4", thisNode: "node1" },
    slots: { "": "node1 4x1", "-c 1.5": "node1 2x1", "-t 100": "node1 100x1" },
  },
  "sbatch-export-none": {
    job: { id: "28", nodes: "node1 2/2", thisNode: "node1" },
    slots: { "": "node1 2x1" },
  },
  "sbatch-array-element": {
    job: { id: "17", nodes: "node1 2/2", thisNode: "node1" },
    slots: { "": "node1 2x1", "-c 2": "node1 1x2" },
  },
  "sbatch-requeued": {
    job: { id: "22", nodes: "node1 2/2", thisNode: "node1", restarts: 1 },
    slots: { "": "node1 2x1" },
  },
  "sbatch-het-c2-n3": {
    job: { id: "25", nodes: "node1 2/1", cpusPerTask: 2, thisNode: "node1", hetSize: 2 },
    slots: {
      "": `node1 1x2 | ${HET}`,
      "--fill -c 1": `node1 2x1 | ${HET}; -c 1 counts, not SLURM_CPUS_PER_TASK=2`,
    },
  },
  "salloc-n5": {
    job: { id: "19", nodes: "node1 4/4, node2 1/1" },
    slots: { "": "node1 4x1, node2 1x1", "-t 1": "node1 1x4, node2 1x1" },
  },
  "salloc-c3-n2": {
    job: { id: "20", nodes: "node1 3/1, node2 3/1", cpusPerTask: 3 },
    slots: {
      "": "node1 1x3, node2 1x3",
      "-c 2": "node1 1x2, node2 1x2 | -c 2 counts, not SLURM_CPUS_PER_TASK=3",
      "--fill -c 1": "node1 3x1, node2 3x1 | -c 1 counts, not SLURM_CPUS_PER_TASK=3",
    },
  },
  "salloc-het-n2-N2": {
    job: { id: "23", nodes: "node1 2/2", hetSize: 2 },
    slots: { "": `node1 2x1 | ${HET}` },
  },
  "salloc-ntasks-per-node-3-c5": {
    job: {
      id: "1568029",
      nodes: "worker2080 40/3, worker5071 128/3, worker5072 128/3, worker5422 128/3",
      cpusPerTask: 5,
      tasksPerNode: 3,
    },
    slots: {
      "": "worker2080 3x13, worker5071 3x42, worker5072 3x42, worker5422 3x42",
      "-t 4":
        "worker2080 4x10, worker5071 4x32, worker5072 4x32, worker5422 4x32 | -t 4 counts, not SLURM_NTASKS_PER_NODE=3",
      "-c 5": "worker2080 3x5, worker5071 3x5, worker5072 3x5, worker5422 3x5",
      "-c 42": [
        "worker5071 3x42, worker5072 3x42, worker5422 3x42 | -c 42 counts, not SLURM_CPUS_PER_TASK=5",
        "worker2080 has 40 cores and is not used",
      ].join("; "),
      "--fill":
        "worker2080 8x5, worker5071 25x5, worker5072 25x5, worker5422 25x5 | --fill counts, not SLURM_NTASKS_PER_NODE=3",
    },
  },
  "sbatch-gpus-per-task-1": {
    job: { id: "220110", nodes: "gpu07 32/4, gpu08 32/4", cpusPerTask: 4, hasGpus: true, thisNode: "gpu07" },
    slots: {
      "": "gpu07 4x8, gpu08 4x8",
      "-t 2": "gpu07 2x16, gpu08 2x16",
      "--fill": "gpu07 4x8, gpu08 4x8 | --fill is not done in a job with GPUs",
      "-t 2 --fill": "gpu07 2x16, gpu08 2x16",
    },
  },
  "sbatch-one-gpu-23.11": {
    job: {
      ...{ id: "89533", nodes: "gpu1 4/1", cpusPerTask: 4, hasGpus: true, thisNode: "gpu1" },
      endTime: 1_788_293_400,
    },
    slots: { "": "gpu1 1x4", "--fill": "gpu1 1x4 | --fill is not done in a job with GPUs" },
  },
  "sbatch-n4-23.11": {
    job: { id: "415830", nodes: "n046 4/4", thisNode: "n046", endTime: 1_707_981_410 },
    slots: { "": "n046 4x1", "--fill -c 0.5": "n046 8x1" },
  },
  "srun-c4": {
    job: { id: "21", nodes: "node1 4/?", cpusPerTask: 4, thisNode: "node1" },
    slots: { "": "node1 1x4", "-c 1": "node1 4x1 | -c 1 counts, not SLURM_CPUS_PER_TASK=4" },
  },
  "srun-n1-in-n6": {
    job: { id: "18", nodes: "node1 4/?, node2 2/?", thisNode: "node1" },
    slots: { "": "node1 4x1, node2 2x1", "-c 2": "node1 2x2, node2 1x2" },
  },
  "srun-n3-in-n6": {
    job: { id: "18", nodes: "node1 4/?, node2 2/?", thisNode: "node1" },
    slots: { "": "node1 4x1, node2 2x1" },
  },
  "srun-n1-in-N2-ntasks-per-node-2-c2": {
    job: { id: "27", nodes: "node1 4/?, node2 4/?", cpusPerTask: 2, tasksPerNode: 2, thisNode: "node1" },
    slots: { "": "node1 2x2, node2 2x2" },
  },
  "srun-pty-c8-bound-23.11": {
    job: { id: "17552256", nodes: "r04-14n01 8/?", cpusPerTask: 8, thisNode: "r04-14n01", endTime: 1_772_459_598 },
    slots: { "": "r04-14n01 1x8", "-c 2": "r04-14n01 4x2 | -c 2 counts, not SLURM_CPUS_PER_TASK=8" },
  },
};

test("there is a row for every recorded environment", () => {
  expect(Object.keys(EXPECTED).toSorted()).toEqual(RECORDED_NAMES.toSorted());
});

describe.each(Object.entries(EXPECTED))("%s", (name, { job, slots }) => {
  test("is this job", () => {
    expect(summaryOf(jobOf(recorded(name)))).toEqual({ hasGpus: false, restarts: 0, ...job });
  });

  test.each(Object.entries(slots))("with the options %j has these slots", (options, outcome) => {
    expect(outcomeOf(jobOf(recorded(name)), options)).toBe(outcome);
  });
});

describe("slots", () => {
  const job = (cpus: readonly number[], more: Partial<SlurmJob> = {}): SlurmJob => ({
    id: "7",
    nodes: cpus.map((count, i) => ({ name: `n${i + 1}`, cpus: count, tasks: undefined })),
    cpusPerTask: undefined,
    tasksPerNode: undefined,
    hasGpus: false,
    thisNode: undefined,
    endTime: undefined,
    restarts: 0,
    hetSize: undefined,
    ...more,
  });

  test("are as many as divide the cores, in spite of floating point", () => {
    expect(outcomeOf(job([7]), "-c 0.07")).toBe("n1 100x1");
  });

  test("with -c are no more than the cores suffice for, whatever Slurm was asked for", () => {
    expect(outcomeOf(job([4, 8], { tasksPerNode: 4 }), "-c 2")).toBe(
      "n1 2x2, n2 4x2 | -c 2 leaves no room for SLURM_NTASKS_PER_NODE=4",
    );
  });

  test("without -c are those that Slurm has granted, though several share a core", () => {
    expect(outcomeOf(job([4], { tasksPerNode: 8 }), "")).toBe("n1 8x1");
    expect(outcomeOf(job([4], { tasksPerNode: 2 }), "-t 0")).toBe("n1 4x1");
    expect(outcomeOf(job([4], { tasksPerNode: 2 }), "-t 0 -c 2")).toBe("n1 2x2");
  });

  test("name a few of many nodes that are not used", () => {
    expect(outcomeOf(job([1, 1, 2, 1, 1, 1]), "-c 2")).toBe(
      "n3 1x2 | n1, n2, n4 and 2 more have too few cores and are not used",
    );
  });

  test("are none on a node for which Slurm has no task, unless it is filled", () => {
    const idle = job([], {
      nodes: [
        { name: "a", cpus: 4, tasks: 0 },
        { name: "b", cpus: 4, tasks: 2 },
      ],
    });
    expect(outcomeOf(idle, "")).toBe("b 2x2 | not used, since SLURM_TASKS_PER_NODE has no task for it: a");
    expect(outcomeOf(idle, "--fill")).toBe("a 4x1, b 4x1");
  });

  test.each([
    [job([2, 4]), "-c 5", "-c 5: ", "n2, has 4 cores"],
    [job([2, 4], { cpusPerTask: 5 }), "", "SLURM_CPUS_PER_TASK=5: ", "n2, has 4 cores"],
    [job([2, 4], { cpusPerTask: 1, tasksPerNode: 1 }), "-c 4.5", "-c 4.5: ", "n2, has 4 cores"],
    [job([0]), "", "job 7: ", "n1, has 0 cores"],
    [job([], { nodes: [{ name: "a", cpus: 4, tasks: 0 }] }), "", "SLURM_TASKS_PER_NODE ", "-t"],
  ])("are refused when no node has room for a task (%#)", (given, options, ...words) => {
    const error = refusalOf(() => slurmSlots(given, requestOf(options)));
    expect(error).toMatchObject({ code: "too-many-cores", exitCode: 2 });
    for (const word of words) expect(error.message).toContain(word);
  });

  test.each(["-t 100001", "-c 0.00001", "--fill -c 0.00001"])(
    "are refused when %s makes too many of them",
    (options) => {
      const error = refusalOf(() => slurmSlots(job([4]), requestOf(options)));
      expect(error).toMatchObject({ code: "too-many-slots", exitCode: 2, message: expect.stringContaining("n1") });
    },
  );
});

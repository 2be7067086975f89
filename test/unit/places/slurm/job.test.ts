import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { slurmJobOf } from "../../../../src/places/slurm/job.ts";
import { jobOf, mistakeOf, recorded, RECORDED_NAMES, refusalOf } from "./support.ts";

const JOB = { SLURM_JOB_ID: "7", SLURM_JOB_NODELIST: "n[1-2]" };

describe("outside of a job there is none", () => {
  test.each([{}, { SLURM_JOB_ID: "" }, { SLURM_CONF: "/etc/slurm/slurm.conf" }, { SLURM_JOB_NODELIST: "n1" }])(
    "%j",
    (env) => {
      expect(slurmJobOf(env)).toBeUndefined();
    },
  );
});

describe("a job", () => {
  test("is known by little", () => {
    const unknown = { hasGpus: false, restarts: 0, nodes: [{ name: "n1", cpus: 1 }] };
    expect(slurmJobOf({ SLURM_JOBID: "7", SLURM_NODELIST: "n1" })).toEqual({ id: "7", ...unknown });
  });

  test("has as many processors on each node as SLURM_CPUS_ON_NODE says when nothing else does", () => {
    const { nodes } = jobOf({ ...JOB, SLURM_CPUS_ON_NODE: "6" });
    expect(nodes).toEqual([
      { name: "n1", cpus: 6 },
      { name: "n2", cpus: 6 },
    ]);
  });

  test("has no numbers of tasks where they are of a step on fewer nodes", () => {
    expect(jobOf({ ...JOB, SLURM_TASKS_PER_NODE: "4" }).nodes[0]).toEqual({ name: "n1", cpus: 1 });
  });

  test.each(["n3", "", "localhost"])("does not run here where %j is none of its nodes", (node) => {
    expect(jobOf({ ...JOB, SLURMD_NODENAME: node }).thisNode).toBeUndefined();
  });

  test.each(["0", "-5", "soon", "1e9", "", "12345678901234567890"])("has no end known by %j", (time) => {
    expect(jobOf({ ...JOB, SLURM_JOB_END_TIME: time }).endTime).toBeUndefined();
  });

  test.each([
    ["CUDA_VISIBLE_DEVICES", "0", true],
    ["CUDA_VISIBLE_DEVICES", "GPU-8f0c", true],
    ["CUDA_VISIBLE_DEVICES", "NoDevFiles", false],
    ["CUDA_VISIBLE_DEVICES", "-1", false],
    ["CUDA_VISIBLE_DEVICES", "", false],
    ["ZE_AFFINITY_MASK", "0.0", true],
    ["SLURM_JOB_GPUS", "0", true],
    ["SLURM_GPUS_ON_NODE", "0", false],
    ["SLURM_GPUS_ON_NODE", "2", true],
    ["SLURM_GPUS_PER_NODE", "a100:2", true],
    ["SLURM_GPUS_PER_NODE", "a100:0", false],
    ["SLURM_GPUS", "10", true],
  ])("with %s=%s has GPUs: %s", (name, value, has) => {
    expect(jobOf({ ...JOB, [name]: value }).hasGpus).toBe(has);
  });
});

describe("an environment that is none of a job is refused, with variable and value", () => {
  test.each([
    ["SLURM_JOB_ID", "7_1"],
    ["SLURM_JOB_NODELIST", "n[1"],
    ["SLURM_JOB_NODELIST", "jo@n1"],
    ["SLURM_JOB_CPUS_PER_NODE", "4"],
    ["SLURM_JOB_CPUS_PER_NODE", "4(x3)"],
    ["SLURM_JOB_CPUS_PER_NODE", "four"],
    ["SLURM_CPUS_ON_NODE", "0"],
    ["SLURM_TASKS_PER_NODE", "2(x"],
    ["SLURM_CPUS_PER_TASK", "0"],
    ["SLURM_CPUS_PER_TASK", "1.5"],
    ["SLURM_NTASKS_PER_NODE", "2(x2)"],
    ["SLURM_RESTART_COUNT", "twice"],
    ["SLURM_HET_SIZE", "two"],
  ])("%s=%s", (name, value) => {
    const { code, exitCode, message } = refusalOf(() => slurmJobOf({ ...JOB, [name]: value }));
    expect({ code, exitCode }).toEqual({ code: "bad-slurm-environment", exitCode: 2 });
    expect(message).toContain(`${name}=${value}: `);
  });

  test("when it has no list of nodes", () => {
    const { code, message } = refusalOf(() => slurmJobOf({ SLURM_JOB_ID: "7" }));
    expect(code).toBe("bad-slurm-environment");
    expect(message).toContain("SLURM_JOB_ID=7: ");
    expect(message).toContain("SLURM_JOB_NODELIST");
  });

  test("in one short line, whatever is in it", () => {
    const value = fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.constantFrom("1", "n[1-2]", "2(x2)"));
    const names = [...Object.keys(recorded("sbatch-het-c2-n3")), "SLURM_CPUS_PER_TASK", "SLURM_RESTART_COUNT"];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (env) => {
        const mistake = mistakeOf(() => slurmJobOf({ ...JOB, ...env }));
        expect(mistake?.code ?? "bad-slurm-environment").toBe("bad-slurm-environment");
        expect(mistake?.message ?? "").toMatch(/^[^\p{Cc}]{0,300}$/u);
      }),
    );
  });
});

test.each(RECORDED_NAMES)("%s is understood", (name) => {
  expect(jobOf(recorded(name)).nodes.length).toBeGreaterThan(0);
});

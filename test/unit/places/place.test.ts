import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { DEFAULTS } from "../../../src/run/settings.ts";
import { findPlace, isPlaceGiven } from "../../../src/places/place.ts";
import type { ContextSettings } from "../../../src/places/context-settings.ts";
import type { ProgramAnswer } from "../../../src/places/slurm/ask.ts";
import type { Environment } from "../../../src/domain/environment.ts";

const OPTIONS: ContextSettings = DEFAULTS;
const JOB: Environment = {
  ...{ SLURM_JOB_ID: "12", SLURM_JOB_NODELIST: "n[1-3]", SLURM_JOB_CPUS_PER_NODE: "4(x3)" },
  ...{ SLURM_TASKS_PER_NODE: "2(x3)", SLURMD_NODENAME: "n1" },
};
const UNREACHABLE: ProgramAnswer = { type: "refusal", reason: "no answer" };

function find(
  options: Partial<ContextSettings>,
  env: Environment,
  answer: ProgramAnswer = UNREACHABLE,
  isHelper = false,
) {
  return findPlace({ ...OPTIONS, ...options }, env, () => Promise.resolve(answer), { isHelper });
}

function shown(fields: string): ProgramAnswer {
  return { type: "answer", text: `JobId=12 ${fields}\n` };
}

describe("hosts that are named", () => {
  test("count more than a Slurm job, and that more than those of the environment", async () => {
    const env = { ...JOB, DISBATCH_SSH_NODELIST: "other:3" };
    expect((await find({ sshNode: ["localhost:2"] }, env))?.draft.nodes).toMatchObject([
      { node: hostname(), slots: 2 },
    ]);
    expect((await find({}, env))?.draft).toMatchObject({ label: "J12", slurmJob: "12" });
    expect((await find({}, { DISBATCH_SSH_NODELIST: "other:3" }))?.draft.nodes).toMatchObject([
      { node: "other", slots: 3 },
    ]);
    expect(await find({}, {})).toBeUndefined();
    expect([isPlaceGiven(OPTIONS, {}), isPlaceGiven(OPTIONS, JOB)]).toEqual([false, true]);
  });

  test("make options without effect that speak of a Slurm job, which is said", async () => {
    const options = { sshNode: ["localhost:2"], fill: true, minTimeLeft: 60 };
    expect((await find(options, JOB))?.notes).toEqual(["--fill, --min-time-left have no effect: no Slurm job is used"]);
  });
});

describe("the nodes of a Slurm job", () => {
  const releasable = async (options: Partial<ContextSettings>, isHelper: boolean): Promise<unknown> => {
    const place = await find(options, JOB, UNREACHABLE, isHelper);
    return place?.draft.nodes.filter((node) => node.releasable).map(({ node }) => node);
  };

  test("go back when nothing is left for them, but for the one that disbatch runs on", async () => {
    expect(await releasable({}, false)).toEqual(["n2", "n3"]);
    expect(await releasable({ retire: false }, false)).toEqual([]);
  });

  test("all go back when they help another's run: its helper goes with the last", async () => {
    expect(await releasable({}, true)).toEqual(["n1", "n2", "n3"]);
  });

  test("are those that the job still has", async () => {
    const place = await find({}, JOB, shown("JobState=RUNNING NodeList=n[1,3]"));
    expect(place?.draft.nodes.map(({ node }) => node)).toEqual(["n1", "n3"]);
    expect(place?.notes).toEqual(["job 12 has 2 of its 3 nodes left; 1 was given back or failed"]);
  });

  test("are nobody's when the job is over", async () => {
    await expect(find({}, JOB, shown("JobState=COMPLETED NodeList=n[1-3]"))).rejects.toMatchObject({
      ...{ code: "job-has-ended", message: expect.stringContaining("SLURM_JOB_ID=12") },
    });
  });

  test("are told apart from a disagreement, which is one line", async () => {
    const place = await find({ cpusPerTask: 2 }, { ...JOB, SLURM_CPUS_PER_TASK: "1" });
    expect(place?.notes).toEqual(["warning: -c 2 counts, not SLURM_CPUS_PER_TASK=1"]);
  });
});

test("a file of variables for srun that cannot be read is refused by name", async () => {
  const env = { ...JOB, DISBATCH_SLURM_SRUN_OPTIONS_FILE: "/no/such/file" };
  await expect(find({}, env)).rejects.toMatchObject({
    ...{
      code: "no-srun-options",
      message: expect.stringContaining("DISBATCH_SLURM_SRUN_OPTIONS_FILE=/no/such/file: "),
    },
  });
});

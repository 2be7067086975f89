import { expect, test } from "vitest";
import type { Answer, AskSlurm } from "../../../src/slurm/ask.ts";
import { isJobOver, jobFacts, killWait, parseJob } from "../../../src/slurm/job-facts.ts";

/** What `scontrol show job -o` prints of a job. */
const JOB =
  "JobId=8 JobName=disbatch UserId=jo(1000) GroupId=jo(1000) MCS_label=N/A Priority=1 JobState=RUNNING Reason=None Requeue=1 Restarts=0 BatchFlag=1 RunTime=00:00:01 TimeLimit=1-00:05:00 TimeMin=N/A SubmitTime=1795869684 EligibleTime=1795869684 StartTime=1795869684 EndTime=1795869984 Deadline=N/A Partition=main ReqNodeList=(null) ExcNodeList=(null) NodeList=node[1-2,7] BatchHost=node1 NumNodes=3 NumCPUs=5 Command=/home/jo/bin/disbatch -p run Tasks WorkDir=/home/jo StdErr=/home/jo/slurm-8.out Power= \n";

function answering(answer: Answer): AskSlurm {
  return () => Promise.resolve(answer);
}

const refusing = (reason: string): AskSlurm => answering({ type: "refusal", reason });

test("a job tells its end, its nodes and the script that was handed in", () => {
  expect(parseJob(JOB)).toEqual({
    ...{ endTime: 1795869984, nodes: ["node1", "node2", "node7"], script: "/home/jo/bin/disbatch" },
    ...{ state: "RUNNING", timeLimit: "1-00:05:00" },
  });
});

test("what is not known is left out", () => {
  expect(
    parseJob("JobId=8 JobState=PENDING TimeLimit=UNLIMITED EndTime=Unknown NodeList=(null) Command=(null) WorkDir=/"),
  ).toEqual({ state: "PENDING" });
  expect(parseJob("")).toEqual({});
});

test("a Slurm that does not answer leaves everything out", async () => {
  expect(await jobFacts(refusing("no answer"), "8")).toEqual({});
});

test("a job is over when Slurm says so, or does not know it; not when Slurm says nothing", async () => {
  const ended = JOB.replace("JobState=RUNNING", "JobState=TIMEOUT");
  expect(await isJobOver(answering({ type: "answer", text: ended }), "8")).toBe(true);
  expect(await isJobOver(refusing("slurm_load_jobs error: Invalid job id specified"), "8")).toBe(true);
  expect(await isJobOver(answering({ type: "answer", text: JOB }), "8")).toBe(false);
  expect(await isJobOver(refusing("no answer"), "8")).toBe(false);
});

test("the time before SIGKILL is the cluster's, or Slurm's usual one", async () => {
  const config = "Configuration data as of x\nJobRequeue              = 1\nKillWait                = 7 sec\n";
  expect(await killWait(answering({ type: "answer", text: config }))).toBe(7);
  expect(await killWait(refusing("no answer"))).toBe(30);
});

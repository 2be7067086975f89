import { expect, test } from "vitest";
import type { ProgramAnswer, AskSlurm } from "../../../../src/places/slurm/ask.ts";
import { clusterFacts, isJobOver, jobFacts, NO_FACTS, parseJob } from "../../../../src/places/slurm/job-facts.ts";

/** What `scontrol show job -o` prints of a job. */
const JOB =
  "JobId=8 JobName=disbatch UserId=jo(1000) GroupId=jo(1000) MCS_label=N/A Priority=1 JobState=RUNNING Reason=None Requeue=1 Restarts=0 BatchFlag=1 RunTime=00:00:01 TimeLimit=1-00:05:00 TimeMin=N/A SubmitTime=1795869684 EligibleTime=1795869684 StartTime=1795869684 EndTime=1795869984 Deadline=N/A Partition=main ReqNodeList=(null) ExcNodeList=(null) NodeList=node[1-2,7] BatchHost=node1 NumNodes=3 NumCPUs=5 Command=/home/jo/bin/disbatch -p run Tasks WorkDir=/home/jo StdErr=/home/jo/slurm-8.out Power= \n";

function answering(answer: ProgramAnswer): AskSlurm {
  return () => Promise.resolve(answer);
}

const refusing = (reason: string): AskSlurm => answering({ type: "refusal", reason });

test("a job tells its end, its nodes and the script that was handed in", () => {
  expect(parseJob(JOB)).toEqual({
    ...{ endTime: 1795869984, nodes: ["node1", "node2", "node7"], batchCommand: "/home/jo/bin/disbatch -p run Tasks" },
    ...{ state: "RUNNING", timeLimit: "1-00:05:00", wishes: [], isBatch: true },
  });
});

test("what a job was submitted with is told as options of sbatch", () => {
  const shown = `${JOB.trim()} OverSubscribe=NO Features=fast TresPerNode=gres:gpu:2`.replace(
    "ExcNodeList=(null)",
    "ExcNodeList=node3",
  );
  expect(parseJob(shown).wishes).toEqual(["--gres=gpu:2", "--constraint=fast", "--exclude=node3", "--exclusive"]);
});

test("a job may have any name", () => {
  const named = JOB.replace("JobName=disbatch", "JobName=my JobState=COMPLETED run NodeList=x");
  expect(parseJob(named)).toEqual(parseJob(JOB));
});

test("the script and its arguments may have any characters in their names", () => {
  const command = "/home/jo/my disbatch/bin/disbatch -l  NodeList=x TresPerNode=gres:gpu:2 Features=a";
  const named = JOB.replace(/Command=.* WorkDir/, `Command=${command} WorkDir`);
  expect(parseJob(named)).toEqual({ ...parseJob(JOB), batchCommand: command });
});

test("a job without a limit has none, also where Slurm counts with a year", () => {
  const { timeLimit, ...others } = parseJob(JOB);
  expect(timeLimit).toBe("1-00:05:00");
  for (const shown of ["UNLIMITED", "365-00:00:00"]) {
    expect(parseJob(JOB.replace("TimeLimit=1-00:05:00", `TimeLimit=${shown}`))).toEqual(others);
  }
});

test("what is not known is left out", () => {
  expect(
    parseJob("JobId=8 JobState=PENDING TimeLimit=UNLIMITED EndTime=Unknown NodeList=(null) Command=(null) WorkDir=/"),
  ).toEqual({ ...NO_FACTS, state: "PENDING" });
  expect(parseJob("")).toEqual(NO_FACTS);
});

test("a Slurm that does not answer leaves everything out", async () => {
  expect(await jobFacts(refusing("no answer"), "8")).toEqual(NO_FACTS);
});

test("a job is over when Slurm says so, or does not know it; not when Slurm says nothing", async () => {
  const ended = JOB.replace("JobState=RUNNING", "JobState=TIMEOUT");
  expect(await isJobOver(answering({ type: "answer", text: ended }), "8")).toBe(true);
  expect(await isJobOver(refusing("slurm_load_jobs error: Invalid job id specified"), "8")).toBe(true);
  expect(await isJobOver(answering({ type: "answer", text: JOB }), "8")).toBe(false);
  expect(await isJobOver(refusing("no answer"), "8")).toBe(false);
});

test("the cluster's settings are its own, or Slurm's usual ones", async () => {
  const config = "Configuration data as of x\nKillWait                = 7 sec\nTaskPlugin              = task/none\n";
  const facts = (text: string): Promise<unknown> => clusterFacts(answering({ type: "answer", text }));
  expect(await facts(config)).toEqual({ killWait: 7, bindsTasks: false });
  expect(await facts("TaskPlugin = task/cgroup,task/affinity\n")).toEqual({ killWait: 30, bindsTasks: true });
  expect(await clusterFacts(refusing("no answer"))).toEqual({ killWait: 30, bindsTasks: true });
});

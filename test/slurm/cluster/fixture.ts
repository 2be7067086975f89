import { existsSync } from "node:fs";
import { onTestFinished } from "vitest";
import type { Artifact } from "../../support/artifacts.ts";
import type { ControlledTasks } from "../../support/controlled-tasks.ts";
import { openTasks, openWorkspace } from "../../support/fixtures.ts";
import type { DisbatchRun, RunOptions } from "../../support/run-disbatch.ts";
import { until, untilAnswered } from "../../support/until.ts";
import type { Workspace } from "../../support/workspace.ts";
import {
  CLUSTER_ENV,
  CLUSTER_SCRIPT,
  NODES,
  type NodeName,
  type Outcome,
  runClusterScript,
  TEST_ADDRESS,
} from "./cluster.ts";
import { endOf, type EndedJob, hasEnded, type JobFacts, readJob } from "./job.ts";
import { isStepKeeper, type NodeProcess, processesOf } from "./node-processes.ts";

/** How long a job may take to go once all that holds it up is gone, in milliseconds: Slurm kills after 5 s. */
const JOB_PATIENCE = 60_000;

/** How long the controller may take to notice that a node is gone, or to start its jobs elsewhere, in milliseconds; see `SlurmdTimeout`. */
export const LOSS_PATIENCE = 60_000;

/** The cluster for the running test; closed when the test is over, which fails the test when something was left behind. */
export function openCluster(): Cluster {
  const cluster = new Cluster(openWorkspace());
  onTestFinished(() => cluster.close());
  return cluster;
}

/** Controlled tasks that the cluster's nodes can reach, and that Slurm starts in its time. Their process ids are those that the node counts. */
export function openNodeTasks(): Promise<ControlledTasks> {
  return openTasks(TEST_ADDRESS, LOSS_PATIENCE);
}

/** What users of the cluster do, from a folder that all its hosts share; and what befalls nodes. */
export class Cluster {
  /** The folder, which is also where jobs start. */
  readonly work: Workspace;

  constructor(work: Workspace) {
    this.work = work;
  }

  /** Starts a program where users log in, in the folder: sbatch, salloc, disbatch. Its process id is the program's own. */
  login(program: string, args: readonly string[] = [], options: Partial<RunOptions> = {}): DisbatchRun {
    const there: Artifact = { name: program, file: program, command: [CLUSTER_SCRIPT, "login", program] };
    return this.work.run(there, args, { ...options, env: { ...CLUSTER_ENV, ...options.env } });
  }

  /** Runs a program where users log in; resolves to what it wrote. @throws Error when its exit code is not 0. */
  async ask(program: string, ...args: readonly string[]): Promise<string> {
    const run = this.login(program, args);
    const { code } = await run.exited;
    if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${run.stderr()}`);
    return run.stdout();
  }

  /** Submits a job that runs disbatch; resolves to the job's id. */
  submit(artifact: Artifact, sbatchOptions: readonly string[], args: readonly string[]): Promise<string> {
    return this.submitScript(sbatchOptions, [`exec ${artifact.command.map(quoted).join(" ")} "$@"`], args);
  }

  /** Submits a job that runs these lines of sh; resolves to the job's id. */
  async submitScript(
    sbatchOptions: readonly string[],
    lines: readonly string[],
    args: readonly string[] = [],
  ): Promise<string> {
    this.work.write("job.sh", ["#!/bin/sh", ...lines, ""].join("\n"));
    const output = ["--output", this.#output("%j"), "--open-mode", "append"];
    const id = await this.ask("sbatch", "--parsable", ...output, ...sbatchOptions, this.work.path("job.sh"), ...args);
    return id.trim();
  }

  /** The job as it is just now. */
  async look(id: string): Promise<JobFacts> {
    return readJob(await this.ask("scontrol", "--oneliner", "show", "job", id));
  }

  /** Resolves when the job is as wished, to what it is then. */
  untilJob(id: string, isWished: (job: JobFacts) => boolean, patience: number = JOB_PATIENCE): Promise<JobFacts> {
    let job: JobFacts = {};
    return untilAnswered(
      async () => (isWished((job = await this.look(id))) ? job : undefined),
      () => `job ${id} is as wished, which is ${JSON.stringify(job)} with the output:\n${this.output(id)}`,
      patience,
    );
  }

  /** Resolves when the job has ended, to how. */
  async job(id: string, patience: number = JOB_PATIENCE): Promise<EndedJob> {
    const job = await this.untilJob(id, hasEnded, patience);
    return endOf(job, this.output(id));
  }

  /** What the job's batch script has written so far. */
  output(id: string): string {
    return existsSync(this.#output(id)) ? this.work.read(`job-${id}.out`) : "";
  }

  /** Resolves when no job waits, runs or is about to go. */
  async untilEmpty(patience: number = JOB_PATIENCE): Promise<void> {
    let queue = "";
    await untilAnswered(
      async () => ((queue = await this.#queue()) === "" ? true : undefined),
      () => `the queue is empty, where there is:\n${queue}`,
      patience,
    );
  }

  /** The node's state as sinfo shows it, such as `idle` or `down*`; the star says that it does not answer. */
  async stateOf(node: NodeName): Promise<string> {
    return (await this.ask("sinfo", "--noheader", "--Node", "--nodes", node, "--format", "%T")).trim();
  }

  /** Resolves to the nodes, when each of them is there and idle: what has just ended there may still be being cleared away. */
  untilIdle(): Promise<readonly NodeName[]> {
    let states: string[] = [];
    return untilAnswered(
      async () => {
        states = await Promise.all(NODES.map((node) => this.stateOf(node)));
        return states.every((state) => state === "idle") ? NODES : undefined;
      },
      () => `all nodes are idle, which are ${states.join(", ")}`,
    );
  }

  /** Resolves when the controller has noticed that the node is gone. */
  async untilDown(node: NodeName): Promise<void> {
    await untilAnswered(
      async () => (/^down/.test(await this.stateOf(node)) ? true : undefined),
      () => `${node} is down`,
      LOSS_PATIENCE,
    );
  }

  /** What jobs run on a node. */
  processesOn(node: NodeName): NodeProcess[] {
    return processesOf(node).filter((each) => !isStepKeeper(each));
  }

  /** Runs a program on a node or on `head`, in the folder. */
  exec(host: NodeName | "head", argv: readonly string[]): Promise<Outcome> {
    return runClusterScript(["exec", host, ...argv], this.work.folder);
  }

  /** A power cut: all processes and connections of the node are gone, and nobody is told. */
  crash(node: NodeName): Promise<void> {
    return this.#order("crash", node);
  }

  /** Starts a crashed node; resolves when the controller knows of it. Every node is started again when the test is over. */
  back(node: NodeName): Promise<void> {
    return this.#order("back", node);
  }

  /** @throws Error naming what was left behind: jobs, and processes on nodes. */
  async close(): Promise<void> {
    const leaks: string[] = [];
    for (const node of NODES) await this.back(node);
    // A job that is ending is as good as gone: nobody can do more about it than wait.
    const jobs = (await this.#queue()).split("\n").filter((line) => line !== "" && !line.endsWith(" COMPLETING"));
    if (jobs.length > 0) {
      leaks.push(...jobs.map((job) => `job ${job}`));
      await this.ask("scancel", ...jobs.map((job) => job.split(" ")[0] ?? ""));
    }
    await this.untilEmpty().catch((error: unknown) => leaks.push(String(error)));
    await until(
      () => NODES.every((node) => processesOf(node).length === 0),
      () => "processes on nodes have ended",
    ).catch(() => {
      for (const node of NODES) {
        for (const { pid, command } of processesOf(node)) {
          leaks.push(`process ${pid} on ${node}: ${command}`);
          kill(pid);
        }
      }
    });
    if (leaks.length > 0) throw new Error(`left behind:\n${leaks.map((leak) => `  ${leak}`).join("\n")}`);
  }

  #queue(): Promise<string> {
    return this.ask("squeue", "--noheader", "--format", "%i %T");
  }

  #output(id: string): string {
    return this.work.path(`job-${id}.out`);
  }

  async #order(verb: string, node: NodeName): Promise<void> {
    const { code, stderr } = await runClusterScript([verb, node], this.work.folder);
    if (code !== 0) throw new Error(stderr.trim());
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself meanwhile.
  }
}

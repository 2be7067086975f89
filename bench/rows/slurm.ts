import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeSlots } from "../../src/domain/engine.ts";
import { runClusterScript } from "../../test/slurm/cluster/cluster.ts";
import holdCluster from "../../test/slurm/cluster/hold-cluster.ts";
import { onEngines } from "../engines.ts";
import { writeLines } from "../files.ts";
import type { Row } from "../row.ts";
import { figure, ratios } from "../statistics.ts";
import { BINARY, checkRecord, statusFileOf } from "../subjects.ts";

const NODES = 3;
const SLOTS = 4;
/** Columns of a status line. */
const START = 8;
const FINISH = 9;

/** How long a job took, in seconds from the start of its batch script. */
interface JobTimes {
  /** All engines had joined. */
  readonly joined: number;
  readonly all: number;
  /** From the start of the first task to the end of the last. */
  readonly working: number;
}

export const slurm: Row = {
  name: "slurm",
  title: `in a Slurm job: ${NODES} nodes with ${SLOTS} slots each join; 2,000 x true there and on ${NODES} local engines`,
  measure: async ({ quick, folder, note }) => {
    if (process.getuid?.() !== 0) {
      note("left out: only root can bring a cluster up");
      return { figures: [], goals: [] };
    }
    const count = quick ? 200 : 2000;
    writeLines(join(folder, "Tasks"), count, () => "true");
    note("bringing a cluster up");
    const takeDown = await holdCluster();
    try {
      const jobs: JobTimes[] = [];
      const shared: JobTimes[] = [];
      const local = { all: [] as number[], working: [] as number[] };
      for (let repetition = 0; repetition < (quick ? 1 : 5); repetition++) {
        note("a job");
        jobs.push(await inJob(folder, `job${repetition}`, count, []));
        note(`${NODES} local engines`);
        const here = {
          tasks: join(folder, "Tasks"),
          count,
          prefix: join(folder, `local${repetition}`),
          nodes: nodes(),
        };
        const { all, working } = await onEngines(here);
        local.all.push(all);
        local.working.push(working);
        note("a job whose slots have GPUs of their own");
        shared.push(await inJob(folder, `gpus${repetition}`, count, ["--gpus-per-task=1"]));
      }
      const working = jobs.map((job) => job.working);
      return {
        figures: [
          figure("a job, from the first task to the last", "s", working),
          figure(`${NODES} local engines, from the first task to the last`, "s", local.working),
          figure(
            "rate from first to last task with processes for each slot, job / local",
            "",
            ratios(
              local.working,
              shared.map((job) => job.working),
            ),
          ),
          figure(
            "rate, start and farewell included, job / local",
            "",
            ratios(
              local.all,
              jobs.map(({ all }) => all),
            ),
          ),
        ],
        goals: [
          {
            ...figure(
              "all engines have joined after the start of the job",
              "s",
              jobs.map(({ joined }) => joined),
            ),
            atMost: 3,
          },
          { ...figure("rate from first to last task, job / local", "", ratios(local.working, working)), atLeast: 0.8 },
        ],
      };
    } finally {
      await takeDown();
    }
  },
};

function nodes(): NodeSlots[] {
  return Array.from({ length: NODES }, (_, i) => ({ node: `bench${i}`, slots: SLOTS, coresPerSlot: 1 }));
}

/** @throws Error unless every task was recorded as done, on all nodes and with one step each. */
async function inJob(folder: string, name: string, count: number, options: readonly string[]): Promise<JobTimes> {
  const prefix = join(folder, name);
  const disbatch = `${BINARY.argv.join(" ")} --progress none -p ${prefix} Tasks`;
  writeFileSync(`${prefix}.sh`, `#!/bin/bash\necho $EPOCHREALTIME\n${disbatch}\necho $EPOCHREALTIME\n`);
  const sbatch = ["-W", "-N", `${NODES}`, "-n", `${NODES * SLOTS}`, "-c1", "-o", `${prefix}.out`, ...options];
  const { code, stderr } = await runClusterScript(["login", "sbatch", ...sbatch, `${prefix}.sh`], folder);
  const said = readFileSync(`${prefix}.out`, "utf8");
  if (code !== 0) throw new Error(`${stderr}${said}`);
  checkRecord(prefix, count);
  const [begun = Number.NaN, ended = Number.NaN] = said.match(/^[0-9]+\.[0-9]+$/gm)?.map(Number) ?? [];
  const joined = journalOf(prefix).filter(({ e }) => e === "engine-joined");
  const slots = joined.reduce((sum, engine) => sum + Number(engine.slots), 0);
  if (joined.length !== NODES || slots !== NODES * SLOTS) throw new Error(`${joined.length} engines, ${slots} slots`);
  const columns = readFileSync(statusFileOf(prefix), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));
  const first = Math.min(...columns.map((line) => Number(line[START])));
  const last = Math.max(...columns.map((line) => Number(line[FINISH])));
  return { joined: Math.max(...joined.map(({ t }) => t)) - begun, all: ended - begun, working: last - first };
}

function journalOf(prefix: string): { readonly e: string; readonly t: number; readonly slots?: number }[] {
  const lines = readFileSync(`${prefix}_journal.jsonl`, "utf8").trimEnd().split("\n");
  return lines.map((line): { e: string; t: number; slots?: number } => JSON.parse(line));
}

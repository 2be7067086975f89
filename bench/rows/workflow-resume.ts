import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { MEBIBYTE } from "../memory.ts";
import { enginesOf } from "../proc.ts";
import type { Row } from "../row.ts";
import { figure } from "../statistics.ts";
import { BINARY, statusFileOf } from "../subjects.ts";
import { watch } from "../watch.ts";
import { noteFirst, runOf, writePairs } from "../workflows/documents.ts";
import { type Beginning, untilFirstTask } from "../workflows/first-task.ts";

const SLOTS = 2;
/** About what a line of the status file takes here, in bytes: when to kill need not be exact. */
const LINE = 90;

/** What was left behind when a driver was killed. */
interface Left {
  readonly done: number;
  /** Bytes of the journal, for each instance that is done. */
  readonly journal: number;
}

export const workflowResume: Row = {
  name: "workflow-resume",
  title: "a workflow of 100,000 instances, killed when half of them are done, until it goes on",
  measure: async ({ quick, folder, note }) => {
    const count = quick ? 2000 : 100_000;
    const goOn = async (how: "run" | "recover", repetition: number): Promise<Beginning & Left> => {
      const prefix = join(folder, `${how}${repetition}`);
      const file = `${prefix}.yaml`;
      const [sign, armed] = [`${prefix}.first`, `${prefix}.armed`];
      writePairs(file, count / 2, `[ ! -e '${armed}' ] || ${noteFirst(sign)}`);
      const run = runOf(BINARY.argv, file, SLOTS, prefix);
      note(`${how}, repetition ${repetition + 1}: ${count / 2} instances, then it is killed`);
      const left = await killAtHalf(run, prefix, count, how === "run");
      writeFileSync(armed, "");
      note(`${how}: it goes on`);
      const again = how === "run" ? run : ([...BINARY.argv, "recover", prefix] as const);
      return { ...left, ...(await untilFirstTask({ argv: again }, sign)) };
    };
    const runs: Array<Beginning & Left> = [];
    const recoveries: Array<Beginning & Left> = [];
    for (let repetition = 0; repetition < (quick ? 1 : 2); repetition++) {
      runs.push(await goOn("run", repetition));
      recoveries.push(await goOn("recover", repetition));
    }
    const both = [...runs, ...recoveries];
    const seconds = (all: readonly Beginning[]): number[] => all.map((begun) => begun.seconds);
    return {
      figures: [
        figure(
          "done when it was killed",
          "instances",
          both.map(({ done }) => done),
        ),
        figure(
          "driver's most memory when it goes on",
          "MiB",
          both.map(({ peakMemory }) => peakMemory / MEBIBYTE),
        ),
      ],
      goals: [
        { ...figure("run again, first task started", "s", seconds(runs)), atMost: 1 },
        { ...figure("recovered, first task started", "s", seconds(recoveries)), atMost: 1 },
        {
          ...figure(
            "journal for each instance",
            "bytes",
            both.map(({ journal }) => journal),
          ),
          atMost: 400,
        },
      ],
    };
  },
};

/** Kills the driver, and its engine if that is to die, too, when about half of the instances are done. */
async function killAtHalf(
  argv: readonly [string, ...string[]],
  prefix: string,
  count: number,
  withEngine: boolean,
): Promise<Left> {
  const status = statusFileOf(prefix);
  await watch({ argv }, ({ child, pid }) => {
    if (child.killed || (statSync(status, { throwIfNoEntry: false })?.size ?? 0) < (count / 2) * LINE) return;
    const engines = enginesOf(pid);
    child.kill("SIGKILL");
    if (withEngine) for (const engine of engines) process.kill(engine, "SIGKILL");
  });
  const done = readFileSync(status, "utf8").split("\n").length - 1;
  return { done, journal: statSync(`${prefix}_journal.jsonl`).size / done };
}

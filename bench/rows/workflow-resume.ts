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
  title:
    "a workflow of 100,000 instances, driver and engine killed when half of them are done, until a new driver goes on",
  measure: async ({ quick, folder, note }) => {
    const count = quick ? 2000 : 100_000;
    const goOn = async (repetition: number): Promise<Beginning & Left> => {
      const prefix = join(folder, `run${repetition}`);
      const file = `${prefix}.yaml`;
      const [sign, armed] = [`${prefix}.first`, `${prefix}.armed`];
      writePairs(file, count / 2, `[ ! -e '${armed}' ] || ${noteFirst(sign)}`);
      note(`repetition ${repetition + 1}: ${count / 2} instances, then it is killed`);
      const left = await killAtHalf(runOf(BINARY.argv, file, SLOTS, prefix), prefix, count);
      writeFileSync(armed, "");
      note("it goes on");
      return { ...left, ...(await untilFirstTask({ argv: [...BINARY.argv, "recover", prefix] }, sign)) };
    };
    const all: Array<Beginning & Left> = [];
    for (let repetition = 0; repetition < (quick ? 1 : 3); repetition++) all.push(await goOn(repetition));
    const of = (what: (one: Beginning & Left) => number): number[] => all.map(what);
    return {
      figures: [
        figure(
          "done when it was killed",
          "instances",
          of(({ done }) => done),
        ),
        figure(
          "driver's most memory when it goes on",
          "MiB",
          of(({ peakMemory }) => peakMemory / MEBIBYTE),
        ),
      ],
      goals: [
        {
          ...figure(
            "first task started",
            "s",
            of(({ seconds }) => seconds),
          ),
          atMost: 1,
        },
        {
          ...figure(
            "journal for each instance",
            "bytes",
            of(({ journal }) => journal),
          ),
          atMost: 400,
        },
      ],
    };
  },
};

/** Kills the driver and its engine when about half of the instances are done. */
async function killAtHalf(argv: readonly [string, ...string[]], prefix: string, count: number): Promise<Left> {
  const status = statusFileOf(prefix);
  await watch({ argv }, ({ child, pid }) => {
    if (child.killed || (statSync(status, { throwIfNoEntry: false })?.size ?? 0) < (count / 2) * LINE) return;
    const engines = enginesOf(pid);
    child.kill("SIGKILL");
    for (const engine of engines) process.kill(engine, "SIGKILL");
  });
  const done = readFileSync(status, "utf8").split("\n").length - 1;
  return { done, journal: statSync(`${prefix}_journal.jsonl`).size / done };
}

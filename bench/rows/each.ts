import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { MEGABYTE } from "../memory.ts";
import type { Row } from "../row.ts";
import type { Command } from "../run.ts";
import { figure } from "../statistics.ts";
import { type Artifact, BINARY, BUNDLE } from "../subjects.ts";
import { watch } from "../watch.ts";

/** A thousand values of each of two names. */
const VALUES = ["a=1..1000", "b=1..1000"];
const EXIT_TERMINATED = 143;
const MILLISECONDS = 1000;

export const each: Row = {
  name: "each",
  title: "disbatch each with 1,000,000 combinations",
  measure: async ({ quick, folder, note }) => {
    const first = { binary: [] as number[], bundle: [] as number[] };
    for (let repetition = 0; repetition < (quick ? 1 : 5); repetition++) {
      note(`first task, repetition ${repetition + 1}`);
      first.binary.push(await untilFirstTask(BINARY, join(folder, `binary${repetition}`)));
      first.bundle.push(await untilFirstTask(BUNDLE, join(folder, `bundle${repetition}`)));
    }
    note("the task files of few and of all");
    const few = await watch(dryRun("a=1..1000", "b=1..10"));
    const all = await watch(dryRun(...VALUES));
    return {
      figures: [
        figure("first task, Node bundle", "s", first.bundle),
        { what: "task file printed", value: all.seconds, unit: "s" },
      ],
      goals: [
        { ...figure("first task started, binary", "s", first.binary), atMost: 0.3 },
        { what: "most memory for the task file", value: all.peakMemory / MEGABYTE, unit: "MB", atMost: 150 },
        {
          what: "the same, more than for 10,000",
          value: (all.peakMemory - few.peakMemory) / MEGABYTE,
          unit: "MB",
          atMost: 60,
        },
      ],
    };
  },
};

function dryRun(...values: string[]): Command {
  return { argv: [...BINARY.argv, "each", "--dry-run", "sim {a} {b}", ...values] };
}

/** Seconds from the start of the program until the first task does something. */
async function untilFirstTask({ argv }: Artifact, prefix: string): Promise<number> {
  const sign = `${prefix}.first`;
  const words = ["each", "-s", "localhost:1", "-p", prefix, "--progress", "none"];
  const task = `[ {#} != 1 ] || echo $EPOCHREALTIME > ${sign}; : {a} {b}`;
  const began = Date.now() / MILLISECONDS;
  const seen = await watch({ argv: [...argv, ...words, task, ...VALUES] }, ({ child }) => {
    // Asked twice, it leaves its tasks at once.
    if (!child.killed && existsSync(sign)) child.kill("SIGTERM");
  });
  if (seen.code !== EXIT_TERMINATED) throw new Error(`exit code ${seen.code}: ${seen.stderr}`);
  return Number(readFileSync(sign, "utf8")) - began;
}

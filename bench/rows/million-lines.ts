import { appendFileSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";

import { studyLine, writeLines } from "../files.ts";
import { growth, MEGABYTE, MOST_GROWTH } from "../memory.ts";
import type { Row } from "../row.ts";
import { timed } from "../run.ts";
import { figure } from "../statistics.ts";
import { BINARY, BUNDLE, disbatch, statusFileOf } from "../subjects.ts";
import { watch } from "../watch.ts";

const LINES = 1_000_000;
const SLOTS = 2;
const EXIT_USAGE = 2;
const EXIT_TERMINATED = 143;

export const millionLines: Row = {
  name: "million-lines",
  title: "a task file of 1,000,000 lines",
  measure: async ({ quick, folder, note }) => {
    const good = join(folder, "Tasks");
    const bad = join(folder, "BadTasks");
    writeLines(good, LINES, studyLine);
    writeLines(bad, LINES, studyLine);
    // A mistake after the last line: it is refused as soon as everything has been checked, and nothing is run.
    appendFileSync(bad, "#DISBATCH MISTAKE\n");
    const checks = { binary: [] as number[], bundle: [] as number[] };
    for (let repetition = 0; repetition < (quick ? 1 : 3); repetition++) {
      note("checking it");
      checks.binary.push(await timed(disbatch(BINARY, bad, SLOTS, join(folder, "bad")), EXIT_USAGE));
      checks.bundle.push(await timed(disbatch(BUNDLE, bad, SLOTS, join(folder, "bad")), EXIT_USAGE));
    }
    const seconds = quick ? 4 : 25;
    note(`running it for ${seconds} s`);
    const seen = await runForAWhile(good, join(folder, "run"), seconds);
    return {
      figures: [figure("checked by the Node bundle, start of the program included", "s", checks.bundle)],
      goals: [
        { ...figure("checked by the binary, start of the program included", "s", checks.binary), atMost: 2 },
        { what: "driver's most memory", value: seen.peak / MEGABYTE, unit: "MB", atMost: 150 },
        { what: `driver's memory, end / middle of ${seconds} s`, value: seen.growth, unit: "", atMost: MOST_GROWTH },
      ],
    };
  },
};

/** Runs the tasks until so many seconds after the first one has been recorded, then terminates the run. */
async function runForAWhile(tasks: string, prefix: string, seconds: number): Promise<{ peak: number; growth: number }> {
  const status = statusFileOf(prefix);
  let firstTask = Number.NaN;
  const seen = await watch(disbatch(BINARY, tasks, SLOTS, prefix), ({ child, elapsed }) => {
    if (Number.isNaN(firstTask) && existsSync(status) && statSync(status).size > 0) firstTask = elapsed();
    if (elapsed() > firstTask + seconds) child.kill("SIGTERM");
  });
  if (seen.code !== EXIT_TERMINATED) throw new Error(`exit code ${seen.code}: ${seen.stderr}`);
  const running = seen.samples.filter(({ time }) => time > firstTask && time < firstTask + seconds);
  return { peak: seen.peakMemory, growth: growth(running) };
}

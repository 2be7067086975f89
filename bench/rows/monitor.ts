import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";

import { doneLine, studyLine, writeLines } from "../files.ts";
import { MEGABYTE } from "../memory.ts";
import { memory } from "../proc.ts";
import type { Row } from "../row.ts";
import { start } from "../run.ts";
import { PATIENCE, Screen } from "../screen.ts";
import { figure } from "../statistics.ts";
import { BINARY, disbatch, isInstalled } from "../subjects.ts";

const TASKS = 1_000_000;
const DONE = 900_000;
export const monitor: Row = {
  name: "monitor",
  title: "the monitor on a run of 1,000,000 tasks, of which 900,000 are done; 2 run",
  measure: async ({ quick, folder, note }) => {
    if (!isInstalled("script")) throw new Error("script (util-linux) makes the terminal, and is not installed");
    const tasks = join(folder, "Tasks");
    const record = join(folder, "earlier_status.txt");
    const prefix = join(folder, "run");
    const lineOf = (index: number): string => (index < DONE ? studyLine(index) : `sleep 3600 # ${index}`);
    writeLines(tasks, TASKS, lineOf);
    writeLines(record, DONE, (index) => doneLine(index, lineOf(index)));
    note("starting the run");
    const run = start(disbatch(BINARY, tasks, 2, prefix, "-r", record));
    try {
      await started(`${prefix}_journal.jsonl`);
      const first: number[] = [];
      const peaks: number[] = [];
      const keys: number[] = [];
      let idle = { bytes: Number.NaN, cpu: Number.NaN };
      for (let repetition = 0; repetition < (quick ? 1 : 5); repetition++) {
        note(`monitor, repetition ${repetition + 1}`);
        const screen = new Screen([...BINARY.argv, "monitor", prefix]);
        try {
          first.push(await screen.until(/900[,.]?000/));
          await screen.quiet();
          for (const key of ["2", "3", "4", "j", "j", "k", "G", "g", "5", "1"]) keys.push(await screen.press(key));
          peaks.push((memory(screen.program(), "VmHWM") ?? Number.NaN) / MEGABYTE);
          if (repetition === 0) idle = await screen.idle(quick ? 3 : 20);
        } finally {
          screen.close();
        }
      }
      note("the run is ended");
      const ended = await afterItsEnd(prefix, quick ? 3 : 10, () => {
        run.child.kill("SIGTERM");
        run.child.kill("SIGTERM");
      });
      return {
        figures: [],
        goals: [
          { ...figure("start of the program to the first frame", "s", first), atMost: 1 },
          { ...figure("most memory", "MB", peaks), atMost: 200 },
          { what: "key to frame, 95 %", unit: "ms", value: share(keys, 0.95), atMost: 50 },
          { what: "idle, only clocks change: output", unit: "bytes/s", value: idle.bytes, atMost: 200 },
          { what: "output once the run has ended", unit: "bytes/s", value: ended, atMost: 0 },
          { what: "idle, processor", unit: "% of a core", value: 100 * idle.cpu, atMost: 0.5 },
        ],
      };
    } finally {
      run.child.kill("SIGTERM");
      run.child.kill("SIGTERM");
      await run.ended;
    }
  },
};

/** What a monitor writes in a second when the run has ended under it. */
async function afterItsEnd(prefix: string, seconds: number, end: () => void): Promise<number> {
  const screen = new Screen([...BINARY.argv, "monitor", prefix]);
  try {
    await screen.until(/900[,.]?000/);
    end();
    await screen.until(/ENDED/);
    // It reads the records of the run, and shows them.
    await after(1000 * seconds);
    await screen.quiet();
    return (await screen.idle(seconds)).bytes;
  } finally {
    screen.close();
  }
}

/** Resolves when a task has started. */
async function started(journal: string): Promise<void> {
  for (let waited = 0; waited < 4 * PATIENCE; waited += 200) {
    await after(200);
    try {
      if (readFileSync(journal, "latin1").includes("task-started")) return;
    } catch {
      // There is no journal yet.
    }
  }
  throw new Error("no task has started");
}

function share(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(part * values.length) - 1] ?? Number.NaN;
}

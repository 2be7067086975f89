import { readFileSync } from "node:fs";
import { join } from "node:path";

import { studyLine, writeLines } from "../files.ts";
import { growth, MEGABYTE, MOST_GROWTH } from "../memory.ts";
import type { Rates } from "../million-tasks-driver.ts";
import type { Row } from "../row.ts";
import { checkRecord } from "../subjects.ts";
import { watch } from "../watch.ts";

const DRIVER = join(import.meta.dirname, "..", "million-tasks-driver.ts");
const ENGINES = 16;
const SLOTS = 8;
/** "As fast as" leaves a tenth for collections of garbage: the stretches that are compared take half a second. */
const AS_FAST = 0.9;

export const millionTasks: Row = {
  name: "million-tasks",
  title: "1,000,000 tasks through one driver, against 16 simulated engines that answer at once",
  measure: async ({ quick, folder, note }) => {
    const count = quick ? 100_000 : 1_000_000;
    const tasks = join(folder, "Tasks");
    const prefix = join(folder, "run");
    writeLines(tasks, count, studyLine);
    note(`${count} tasks`);
    const argv = [process.execPath, DRIVER, tasks, prefix, String(ENGINES), String(SLOTS)] as const;
    const seen = await watch({ argv });
    if (seen.code !== 0) throw new Error(`exit code ${seen.code}: ${seen.stderr}`);
    checkRecord(prefix, count);
    const { all, first, last }: Rates = JSON.parse(readFileSync(`${prefix}_rates.json`, "utf8"));
    return {
      figures: [
        { what: "the first 10,000 tasks", value: first, unit: "tasks/s" },
        { what: "the last 10,000 tasks", value: last, unit: "tasks/s" },
        { what: "driver's most memory", value: seen.peakMemory / MEGABYTE, unit: "MB" },
        { what: "driver's processor time per task", value: (1000 * seen.driverCpu) / count, unit: "ms" },
      ],
      goals: [
        { what: "all tasks", value: all, unit: "tasks/s", atLeast: 20_000 },
        { what: "last 10,000 / first 10,000", value: last / first, unit: "", atLeast: AS_FAST },
        { what: "driver's memory, last quarter / second", value: growth(seen.samples), unit: "", atMost: MOST_GROWTH },
      ],
    };
  },
};

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { MEGABYTE } from "../memory.ts";
import { writeRecords } from "../records.ts";
import type { Goal, Row } from "../row.ts";
import { watch } from "../watch.ts";
import type { WebAnswers } from "../web-records-driver.ts";

const DRIVER = join(import.meta.dirname, "..", "web-records-driver.ts");

/** Milliseconds until the first hundred tasks are there. */
const SOON = 150;

export const webRecords: Row = {
  name: "web-records",
  title: "records of 1,000,000 tasks of an ended run, as the web page reads them and asks for tasks",
  measure: async ({ quick, folder, note }) => {
    const count = quick ? 50_000 : 1_000_000;
    const [status, journal] = [join(folder, "run_status.txt"), join(folder, "run_journal.jsonl")];
    const file = join(folder, "answers.json");
    note(`${count} tasks`);
    writeRecords(count, status, journal);
    const seen = await watch({ argv: [process.execPath, DRIVER, file, status, journal] });
    if (seen.code !== 0) throw new Error(`exit code ${seen.code}: ${seen.stderr}`);
    const told: WebAnswers = JSON.parse(readFileSync(file, "utf8"));
    const soon = Object.entries(told.queries).map(([what, value]): Goal => {
      return { what: `by ${what}`, value, unit: "ms", atMost: SOON };
    });
    return {
      figures: [
        { what: "tasks that are shown by then", value: told.shown, unit: "" },
        { what: "all read", value: told.whole / 1000, unit: "s" },
        { what: "asked for news where there are none", value: told.idle, unit: "ms" },
      ],
      goals: [
        { what: "something to show", value: told.first / 1000, unit: "s", atMost: 1 },
        { what: "most memory", value: seen.peakMemory / MEGABYTE, unit: "MB", atMost: 200 },
        ...soon,
      ],
    };
  },
};

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { MEGABYTE } from "../memory.ts";
import type { Answers } from "../queries-driver.ts";
import { writeRecords } from "../records.ts";
import type { Goal, Row } from "../row.ts";
import { watch } from "../watch.ts";

const DRIVER = join(import.meta.dirname, "..", "queries-driver.ts");

/** Milliseconds until the first hundred tasks are there. */
const SOON = 150;

export const queries: Row = {
  name: "queries",
  title: "records of 1,000,000 tasks, read, and asked for tasks",
  measure: async ({ quick, folder, note }) => {
    const count = quick ? 50_000 : 1_000_000;
    const [status, journal] = [join(folder, "run_status.txt"), join(folder, "run_journal.jsonl")];
    const answers = join(folder, "answers.json");
    note(`${count} tasks`);
    writeRecords(count, status, journal);
    const ask = async (...files: readonly string[]): Promise<Answers & { peakMemory: number }> => {
      const seen = await watch({ argv: [process.execPath, DRIVER, answers, ...files] });
      if (seen.code !== 0) throw new Error(`exit code ${seen.code}: ${seen.stderr}`);
      const told: Answers = JSON.parse(readFileSync(answers, "utf8"));
      return { ...told, peakMemory: seen.peakMemory };
    };
    const alone = await ask(status);
    const both = await ask(status, journal);
    const soon = Object.entries(both.queries).map(([what, value]): Goal => {
      return { what: `by ${what}`, value, unit: "ms", atMost: SOON };
    });
    return {
      figures: [
        { what: "longest turn while the status file is read", value: alone.longestTurn, unit: "ms" },
        { what: "longest turn while the journal is read, too", value: both.longestTurn, unit: "ms" },
      ],
      goals: [
        { what: "status file read", value: alone.open, unit: "s", atMost: 3 },
        { what: "journal read, too", value: both.open, unit: "s", atMost: 12 },
        { what: "most memory", value: alone.peakMemory / MEGABYTE, unit: "MB", atMost: 300 },
        { what: "most memory, with the journal", value: both.peakMemory / MEGABYTE, unit: "MB", atMost: 300 },
        ...soon,
      ],
    };
  },
};

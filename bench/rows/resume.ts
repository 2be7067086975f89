import { join } from "node:path";

import { doneLine, studyLine, writeLines } from "../files.ts";
import { MEGABYTE } from "../memory.ts";
import type { Row } from "../row.ts";
import { figure } from "../statistics.ts";
import { BINARY, BUNDLE, disbatch, type Artifact } from "../subjects.ts";
import { watch } from "../watch.ts";

const LINES = 1_000_000;

export const resume: Row = {
  name: "resume",
  title: "resume, 1,000,000 lines, all of them done",
  measure: async ({ quick, folder, note }) => {
    const tasks = join(folder, "Tasks");
    const record = join(folder, "earlier_status.txt");
    writeLines(tasks, LINES, studyLine);
    writeLines(record, LINES, (index) => doneLine(index, studyLine(index)));
    const seconds: number[] = [];
    const memory: number[] = [];
    const observe = async (artifact: Artifact, prefix: string): Promise<{ seconds: number; peakMemory: number }> => {
      note(artifact.name);
      const seen = await watch(disbatch(artifact, tasks, 2, join(folder, prefix), "-r", record));
      if (seen.code !== 0) throw new Error(`exit code ${seen.code}: ${seen.stderr}`);
      return seen;
    };
    for (let repetition = 0; repetition < (quick ? 1 : 3); repetition++) {
      const seen = await observe(BINARY, `binary${repetition}`);
      seconds.push(seen.seconds);
      memory.push(seen.peakMemory / MEGABYTE);
    }
    const bundle = await observe(BUNDLE, "bundle");
    return {
      figures: [
        { what: "Node bundle", value: bundle.seconds, unit: "s" },
        { what: "Node bundle, driver's most memory", value: bundle.peakMemory / MEGABYTE, unit: "MB" },
      ],
      goals: [
        { ...figure("binary", "s", seconds), atMost: 5 },
        { ...figure("binary, driver's most memory", "MB", memory), atMost: 400 },
      ],
    };
  },
};

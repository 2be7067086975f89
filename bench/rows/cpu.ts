import { join } from "node:path";

import { writeLines } from "../files.ts";
import type { Row } from "../row.ts";
import { figure } from "../statistics.ts";
import { BINARY, BUNDLE, checkRecord, disbatch, type Artifact } from "../subjects.ts";
import { watch } from "../watch.ts";

const SLOTS = 2;

export const cpu: Row = {
  name: "cpu",
  title: "processor time of driver + engine per trivial task (their start included)",
  measure: async ({ quick, folder, note }) => {
    const tasks = quick ? 2000 : 10_000;
    const file = join(folder, "Tasks");
    writeLines(file, tasks, () => "true");
    const measure = async (artifact: Artifact, prefix: string): Promise<{ driver: number; engine: number }> => {
      note(artifact.name);
      const seen = await watch(disbatch(artifact, file, SLOTS, prefix));
      if (seen.code !== 0) throw new Error(seen.stderr);
      checkRecord(prefix, tasks);
      // Without this a change in how engines are started would look like a gain.
      if (seen.engineCpu === 0) throw new Error("the engine process was not found");
      return { driver: (1000 * seen.driverCpu) / tasks, engine: (1000 * seen.engineCpu) / tasks };
    };
    const binary: { driver: number; engine: number }[] = [];
    const bundle: { driver: number; engine: number }[] = [];
    for (let repetition = 0; repetition < (quick ? 1 : 3); repetition++) {
      binary.push(await measure(BINARY, join(folder, `binary${repetition}`)));
      bundle.push(await measure(BUNDLE, join(folder, `bundle${repetition}`)));
    }
    const sums = (seen: typeof binary): number[] => seen.map(({ driver, engine }) => driver + engine);
    return {
      figures: [
        figure(
          "binary, driver",
          "ms",
          binary.map(({ driver }) => driver),
        ),
        figure(
          "binary, engine",
          "ms",
          binary.map(({ engine }) => engine),
        ),
        figure("Node bundle, both", "ms", sums(bundle)),
      ],
      goals: [{ ...figure("binary, both", "ms", sums(binary)), atMost: 0.25 }],
    };
  },
};

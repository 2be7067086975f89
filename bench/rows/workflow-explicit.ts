import { join } from "node:path";

import { MEBIBYTE } from "../memory.ts";
import type { Row } from "../row.ts";
import { timed } from "../run.ts";
import { figure } from "../statistics.ts";
import { type Artifact, BINARY, BUNDLE } from "../subjects.ts";
import { noteFirst, runOf, writeExplicit } from "../workflows/documents.ts";
import { type Beginning, untilFirstTask } from "../workflows/first-task.ts";

export const workflowExplicit: Row = {
  name: "workflow-explicit",
  title: "a workflow of 100,000 tasks, each written out in JSON: checked, and until its first task starts",
  measure: async ({ quick, folder, note }) => {
    const count = quick ? 2000 : 100_000;
    const [binary, bundle] = [
      { begun: [] as Beginning[], checks: [] as number[] },
      { begun: [] as Beginning[], checks: [] as number[] },
    ];
    const measure = async ({ name, argv }: Artifact, into: typeof binary, prefix: string): Promise<void> => {
      note(name);
      const file = `${prefix}.json`;
      const sign = `${prefix}.first`;
      writeExplicit(file, count, noteFirst(sign));
      into.checks.push(await timed({ argv: [...argv, "validate", file] }));
      into.begun.push(await untilFirstTask({ argv: runOf(argv, file, 1, prefix) }, sign));
    };
    for (let repetition = 0; repetition < (quick ? 1 : 5); repetition++) {
      await measure(BINARY, binary, join(folder, `binary${repetition}`));
      await measure(BUNDLE, bundle, join(folder, `bundle${repetition}`));
    }
    const seconds = (all: readonly Beginning[]): number[] => all.map((begun) => begun.seconds);
    const memory = binary.begun.map(({ peakMemory }) => peakMemory / MEBIBYTE);
    return {
      figures: [
        figure("first task started, Node bundle", "s", seconds(bundle.begun)),
        figure("checked, Node bundle", "s", bundle.checks),
        figure("driver's most memory until the first task, binary", "MiB", memory),
      ],
      goals: [
        { ...figure("first task started, binary", "s", seconds(binary.begun)), atMost: 2 },
        { ...figure("checked, binary", "s", binary.checks), atMost: 2 },
      ],
    };
  },
};

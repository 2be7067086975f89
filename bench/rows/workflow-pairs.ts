import { join } from "node:path";

import { writeLines } from "../files.ts";
import type { Row } from "../row.ts";
import { timed } from "../run.ts";
import { figure, ratios } from "../statistics.ts";
import { type Artifact, BINARY, BUNDLE, checkRecord, disbatch } from "../subjects.ts";
import { runOf, writePairs } from "../workflows/documents.ts";

const SLOTS = 2;

/** Tasks in a second. */
interface Rates {
  readonly plain: number[];
  readonly pairs: number[];
}

export const workflowPairs: Row = {
  name: "workflow-pairs",
  title: "100,000 x true in chains of two, and as many lines of a task file, 2 slots",
  measure: async ({ quick, folder, note }) => {
    const count = quick ? 1000 : 100_000;
    const tasks = join(folder, "Tasks");
    const document = join(folder, "pairs.yaml");
    writeLines(tasks, count, () => "true");
    writePairs(document, count / 2, "true");
    const measure = async (artifact: Artifact, name: string, repetitions: number): Promise<Rates> => {
      const rates: Rates = { plain: [], pairs: [] };
      for (let repetition = 0; repetition < repetitions; repetition++) {
        const [plain, pairs] = [join(folder, `${name}-plain${repetition}`), join(folder, `${name}-pairs${repetition}`)];
        note(`${name}, task file, repetition ${repetition + 1}`);
        rates.plain.push(count / (await timed(disbatch(artifact, tasks, SLOTS, plain))));
        checkRecord(plain, count);
        note(`${name}, workflow, repetition ${repetition + 1}`);
        rates.pairs.push(count / (await timed({ argv: runOf(artifact.argv, document, SLOTS, pairs) })));
        checkRecord(pairs, count);
      }
      return rates;
    };
    const binary = await measure(BINARY, "binary", quick ? 1 : 3);
    const bundle = await measure(BUNDLE, "bundle", 1);
    return {
      figures: [
        figure("task file, binary", "tasks/s", binary.plain),
        figure("workflow, binary", "tasks/s", binary.pairs),
        figure("workflow / task file, Node bundle", "", ratios(bundle.pairs, bundle.plain)),
      ],
      goals: [{ ...figure("workflow / task file, binary", "", ratios(binary.pairs, binary.plain)), atLeast: 0.9 }],
    };
  },
};

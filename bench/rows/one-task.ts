import { join } from "node:path";

import { writeLines } from "../files.ts";
import type { Goal, Row } from "../row.ts";
import { timed } from "../run.ts";
import { figure, ratios } from "../statistics.ts";
import { BINARY, BUNDLE, checkRecord, disbatch, gnuParallel, xargs } from "../subjects.ts";

export const oneTask: Row = {
  name: "one-task",
  title: "one task, wall time",
  measure: async ({ quick, folder, parallel, note }) => {
    const file = join(folder, "Tasks");
    writeLines(file, 1, () => "true");
    const binary: number[] = [];
    const bundle: number[] = [];
    const peer: number[] = [];
    const plain: number[] = [];
    for (let repetition = 0; repetition < (quick ? 3 : 15); repetition++) {
      note(`repetition ${repetition + 1}`);
      const prefix = join(folder, `binary${repetition}`);
      binary.push(await timed(disbatch(BINARY, file, 1, prefix)));
      checkRecord(prefix, 1);
      if (parallel) peer.push(await timed(gnuParallel(file, 1)));
      bundle.push(await timed(disbatch(BUNDLE, file, 1, join(folder, `bundle${repetition}`))));
      plain.push(await timed(xargs(file, 1)));
    }
    const goals: Goal[] = [{ ...figure("binary", "s", binary), atMost: 0.15 }];
    if (parallel) goals.push({ ...figure("binary / GNU parallel", "", ratios(binary, peer)), atMost: 2.5 });
    const others = [figure("Node bundle", "s", bundle), figure("xargs", "s", plain)];
    return { figures: parallel ? [...others, figure("GNU parallel", "s", peer)] : others, goals };
  },
};

import { join } from "node:path";

import { writeLines } from "../files.ts";
import type { Row } from "../row.ts";
import { timed } from "../run.ts";
import { figure } from "../statistics.ts";
import { BINARY, BUNDLE, checkRecord, disbatch, xargs } from "../subjects.ts";

const SLOTS = 64;
const SLEEP = 0.2;

export const sleepers: Row = {
  name: "sleepers",
  title: "3,200 x sleep 0.2, 64 slots",
  measure: async ({ quick, folder, note }) => {
    const tasks = quick ? 640 : 3200;
    const ideal = (tasks / SLOTS) * SLEEP;
    const file = join(folder, "Tasks");
    writeLines(file, tasks, () => `sleep ${SLEEP}`);
    const times = { binary: [] as number[], bundle: [] as number[], xargs: [] as number[] };
    for (let repetition = 0; repetition < (quick ? 1 : 3); repetition++) {
      for (const [name, artifact] of [["binary", BINARY] as const, ["bundle", BUNDLE] as const]) {
        const prefix = join(folder, `${name}${repetition}`);
        note(artifact.name);
        times[name].push((await timed(disbatch(artifact, file, SLOTS, prefix))) / ideal);
        checkRecord(prefix, tasks);
      }
      note(`xargs -P${SLOTS}`);
      times.xargs.push((await timed(xargs(file, SLOTS))) / ideal);
    }
    return {
      figures: [
        { what: "ideal", value: ideal, unit: "s" },
        figure("xargs -P64 / ideal", "", times.xargs),
        figure("Node bundle / ideal", "", times.bundle),
      ],
      goals: [{ ...figure("binary / ideal", "", times.binary), atMost: 1.05 }],
    };
  },
};

import { join } from "node:path";

import { onEngines } from "../engines.ts";
import { writeLines } from "../files.ts";
import type { Row } from "../row.ts";
import { figure } from "../statistics.ts";

const SLOTS = 64;
const DELAY = 20;
/** Seconds. */
const TASK = 0.1;

export const slowLink: Row = {
  name: "slow-link",
  title: `${SLOTS} slots, tasks of ${1000 * TASK} ms, every message ${DELAY} ms late`,
  measure: async ({ quick, folder, note }) => {
    const count = quick ? 640 : 6400;
    const tasks = join(folder, "Tasks");
    writeLines(tasks, count, () => `sleep ${TASK}`);
    const busy = { far: [] as number[], near: [] as number[] };
    for (let repetition = 0; repetition < (quick ? 1 : 3); repetition++) {
      for (const [kind, delay] of [["near", 0] as const, ["far", DELAY] as const]) {
        note(`${delay} ms`);
        const prefix = join(folder, `${kind}${repetition}`);
        const nodes = [{ node: kind, slots: SLOTS, coresPerSlot: 1 }];
        busy[kind].push((await onEngines({ tasks, count, prefix, nodes, delay })).busy);
      }
    }
    return {
      figures: [figure("slots busy without the delay", "", busy.near)],
      goals: [{ ...figure("slots busy", "", busy.far), atLeast: 0.95 }],
    };
  },
};

import { join } from "node:path";

import { writeLines } from "../files.ts";
import type { Row } from "../row.ts";
import { start, timed } from "../run.ts";
import { figure, ratios } from "../statistics.ts";
import { BINARY, checkRecord, disbatch } from "../subjects.ts";

const SUBSCRIBERS = join(import.meta.dirname, "..", "subscribers.ts");
const SLOTS = 2;
const COUNT = 10;

export const watched: Row = {
  name: "watched",
  title: `20,000 x true, 2 slots, with ${COUNT} subscribers on the same machine / without`,
  measure: async ({ quick, folder, note }) => {
    const tasks = quick ? 2000 : 20_000;
    const file = join(folder, "Tasks");
    writeLines(file, tasks, () => "true");
    const alone: number[] = [];
    const followed: number[] = [];
    const measure = async (isFollowed: boolean, prefix: string): Promise<number> => {
      note(isFollowed ? `with ${COUNT} subscribers` : "alone");
      const argv = [process.execPath, SUBSCRIBERS, String(COUNT), `${prefix}_contact.json`] as const;
      const subscribers = isFollowed ? start({ argv }) : undefined;
      const seconds = await timed(disbatch(BINARY, file, SLOTS, prefix));
      checkRecord(prefix, tasks);
      const seen = await subscribers?.ended;
      if (seen !== undefined && (seen.code !== 0 || !seen.stderr.includes("told "))) throw new Error(seen.stderr);
      return tasks / seconds;
    };
    for (let repetition = 0; repetition < (quick ? 1 : 5); repetition++) {
      // In turns: what else the machine does weighs on both.
      const order = repetition % 2 === 0 ? [false, true] : [true, false];
      for (const isFollowed of order) {
        const rate = await measure(isFollowed, join(folder, `${isFollowed ? "followed" : "alone"}${repetition}`));
        (isFollowed ? followed : alone).push(rate);
      }
    }
    return {
      figures: [figure("without subscribers", "tasks/s", alone), figure("with them", "tasks/s", followed)],
      goals: [{ ...figure("with / without", "", ratios(followed, alone)), atLeast: 0.98 }],
    };
  },
};

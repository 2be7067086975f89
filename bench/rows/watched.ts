import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";

import { writeLines } from "../files.ts";
import type { Row } from "../row.ts";
import { start } from "../run.ts";
import { Screen } from "../screen.ts";
import { figure, ratios } from "../statistics.ts";
import { BINARY, checkRecord, disbatch } from "../subjects.ts";
import { watch } from "../watch.ts";

const SUBSCRIBERS = join(import.meta.dirname, "..", "subscribers.ts");
const SLOTS = 2;
const COUNT = 10;

export const watched: Row = {
  name: "watched",
  title: `20,000 x true, 2 slots, with a monitor and ${COUNT} subscribers on the same machine / without`,
  measure: async ({ quick, folder, note }) => {
    const tasks = quick ? 2000 : 20_000;
    const file = join(folder, "Tasks");
    writeLines(file, tasks, () => "true");
    const rates: Record<"alone" | "followed", number[]> = { alone: [], followed: [] };
    const driver: Record<"alone" | "followed", number[]> = { alone: [], followed: [] };
    const measure = async (isFollowed: boolean, prefix: string): Promise<void> => {
      note(isFollowed ? `with a monitor and ${COUNT} subscribers` : "alone");
      const argv = [process.execPath, SUBSCRIBERS, String(COUNT), `${prefix}_contact.json`] as const;
      const subscribers = isFollowed ? start({ argv }) : undefined;
      const monitor = isFollowed ? openMonitor(prefix) : undefined;
      const { seconds, code, stderr, driverCpu } = await watch(disbatch(BINARY, file, SLOTS, prefix));
      if (code !== 0) throw new Error(stderr);
      checkRecord(prefix, tasks);
      await (await monitor)?.until(/ENDED/);
      (await monitor)?.close();
      const seen = await subscribers?.ended;
      if (seen !== undefined && (seen.code !== 0 || !seen.stderr.includes("told "))) throw new Error(seen.stderr);
      const which = isFollowed ? "followed" : "alone";
      rates[which].push(tasks / seconds);
      driver[which].push((1000 * driverCpu) / tasks);
    };
    for (let repetition = 0; repetition < (quick ? 1 : 5); repetition++) {
      // In turns: what else the machine does weighs on both.
      const order = repetition % 2 === 0 ? [false, true] : [true, false];
      for (const isFollowed of order) {
        await measure(isFollowed, join(folder, `${isFollowed ? "followed" : "alone"}${repetition}`));
      }
    }
    return {
      figures: [
        figure("alone", "tasks/s", rates.alone),
        figure("with them", "tasks/s", rates.followed),
        figure("driver's processor time per task, without", "ms", driver.alone),
        figure("driver's processor time per task, with", "ms", driver.followed),
      ],
      goals: [{ ...figure("with / without", "", ratios(rates.followed, rates.alone)), atLeast: 0.98 }],
    };
  },
};

/** Opens a monitor as soon as the run can be called. */
async function openMonitor(prefix: string): Promise<Screen> {
  while (!existsSync(`${prefix}_contact.json`)) await after(20);
  return new Screen([...BINARY.argv, "monitor", prefix]);
}

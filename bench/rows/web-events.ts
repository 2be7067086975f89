import { readFileSync } from "node:fs";
import { join } from "node:path";

import { writeLines } from "../files.ts";
import { MEGABYTE } from "../memory.ts";
import type { Row } from "../row.ts";
import { start } from "../run.ts";
import { figure, quantile, ratios } from "../statistics.ts";
import { BINARY, checkRecord, disbatch, statusFileOf } from "../subjects.ts";
import { watch } from "../watch.ts";
import type { Visits } from "../web-visitors.ts";

const VISITORS = join(import.meta.dirname, "..", "web-visitors.ts");
const SLOTS = 2;
const COUNT = 10;
const PAIRS = 11;
/** Tasks of the run in which it is seen how late news are. */
const SLOW_TASKS = 40;
/** Column of a status file, from 0: when the task has ended. */
const FINISH = 9;

export const webEvents: Row = {
  name: "web-events",
  title: `20,000 x true, 2 slots, with -w, ${COUNT} readers of events and a scraper every second / without`,
  measure: async ({ quick, folder, note }) => {
    const tasks = quick ? 2000 : 20_000;
    const pairs = quick ? 3 : PAIRS;
    const file = join(folder, "Tasks");
    writeLines(file, tasks, () => "true");
    const rates: Record<"alone" | "shown", number[]> = { alone: [], shown: [] };
    const driver: Record<"alone" | "shown", number[]> = { alone: [], shown: [] };
    const visits: Visits[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      // In turns: what else the machine does weighs on both.
      for (const which of pair % 2 === 0 ? (["alone", "shown"] as const) : (["shown", "alone"] as const)) {
        const prefix = join(folder, `${which}${pair}`);
        note(`${which}, ${pair + 1} of ${pairs}`);
        const visitors = which === "shown" ? visit(prefix) : undefined;
        const more = which === "shown" ? ["-w"] : [];
        const { seconds, code, stderr, driverCpu } = await watch(disbatch(BINARY, file, SLOTS, prefix, ...more));
        if (code !== 0) throw new Error(stderr);
        checkRecord(prefix, tasks);
        if (visitors !== undefined) visits.push(await visitors);
        rates[which].push(tasks / seconds);
        driver[which].push((1000 * driverCpu) / tasks);
      }
    }
    note("how late news are");
    const late = await lateness(folder);
    return {
      figures: [
        figure("alone", "tasks/s", rates.alone),
        figure("with them", "tasks/s", rates.shown),
        figure("driver's processor time per task, without", "ms", driver.alone),
        figure("driver's processor time per task, with", "ms", driver.shown),
        figure(
          "web process, processor time",
          "s",
          visits.map(({ webCpu }) => webCpu),
        ),
        figure(
          "web process, most memory",
          "MB",
          visits.map(({ webMemory }) => webMemory / MEGABYTE),
        ),
        figure("from the end of a task to a reader", "s", late),
      ],
      goals: [
        { ...figure("with / without", "", ratios(rates.shown, rates.alone)), atLeast: 0.98 },
        { what: "from the end of a task to a reader, 95 %", value: quantile(late, 0.95), unit: "s", atMost: 0.5 },
      ],
    };
  },
};

/** All who look at the page of that run, until it has ended. */
async function visit(prefix: string): Promise<Visits> {
  const answers = `${prefix}_visits.json`;
  const { code, stderr } = await start({ argv: [process.execPath, VISITORS, String(COUNT), prefix, answers] }).ended;
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return JSON.parse(readFileSync(answers, "utf8"));
}

/** Seconds from the end of each task until the first reader knew of so many. Without those that had ended before it came. */
async function lateness(folder: string): Promise<number[]> {
  const [file, prefix] = [join(folder, "Slow"), join(folder, "slow")];
  writeLines(file, SLOW_TASKS, (task) => `sleep 0.${100 + ((task * 37) % 300)}`);
  const visitors = visit(prefix);
  const { code, stderr } = await watch(disbatch(BINARY, file, SLOTS, prefix, "-w"));
  if (code !== 0) throw new Error(stderr);
  const { seen } = await visitors;
  const lines = readFileSync(statusFileOf(prefix), "utf8").split("\n").slice(0, -1);
  const ends = lines.map((line) => Number(line.split("\t")[FINISH])).toSorted((one, other) => one - other);
  const first = seen[0]?.ended ?? 0;
  return ends.flatMap((end, at) => {
    const known = seen.find(({ ended }) => ended > at);
    return at < first || known === undefined ? [] : known.at - end;
  });
}

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

import { SshPlace } from "../../test/support/ssh-place.ts";
import { writeLines } from "../files.ts";
import type { Row } from "../row.ts";
import { timed } from "../run.ts";
import { figure, ratios } from "../statistics.ts";
import { BINARY, checkRecord } from "../subjects.ts";

const HOSTS = ["bench0", "bench1"];

export const output: Row = {
  name: "output",
  title: "10,000 tasks that print 1 KiB, on two hosts over SSH with 2 slots each: --output all / --output none",
  measure: async ({ quick, folder, note }) => {
    const count = quick ? 400 : 10_000;
    const tasks = join(folder, "Tasks");
    writeLines(tasks, count, (i) => `printf '%01023d\\n' 1${(i * 7919) % 1_000_003}$RANDOM`);
    const rates = { all: [] as number[], none: [] as number[] };
    const place = await SshPlace.open();
    try {
      for (const host of HOSTS) await place.startHost(host);
      const { env } = place;
      const measure = async (which: "all" | "none", prefix: string): Promise<void> => {
        note(`--output ${which}`);
        const hosts = HOSTS.map((host) => `${host}:2`).join(",");
        const argv = [
          ...BINARY.argv,
          "-s",
          hosts,
          "-p",
          prefix,
          "--progress",
          "none",
          "--output",
          which,
          tasks,
        ] as const;
        const seconds = await timed({ argv, env });
        checkRecord(prefix, count);
        const size = existsSync(`${prefix}_output.bin`) ? statSync(`${prefix}_output.bin`).size : 0;
        if (size > 0 !== (which === "all")) throw new Error(`--output ${which} has kept ${size} bytes`);
        rates[which].push(count / seconds);
      };
      for (let repetition = 0; repetition < (quick ? 1 : 5); repetition++) {
        // In turns: what else the machine does weighs on both.
        const order = repetition % 2 === 0 ? (["all", "none"] as const) : (["none", "all"] as const);
        for (const which of order) await measure(which, join(folder, `${which}${repetition}`));
      }
    } finally {
      await place.close();
    }
    return {
      figures: [figure("--output none", "tasks/s", rates.none), figure("--output all", "tasks/s", rates.all)],
      goals: [{ ...figure("all / none", "", ratios(rates.all, rates.none)), atLeast: 0.9 }],
    };
  },
};

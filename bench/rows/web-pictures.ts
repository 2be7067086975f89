import { readFileSync } from "node:fs";
import { join } from "node:path";

import { build } from "esbuild";

import type { Pictures } from "../pictures-driver.ts";
import type { Goal, Row } from "../row.ts";
import { watch } from "../watch.ts";

const DRIVER = join(import.meta.dirname, "..", "pictures-driver.ts");

/** Milliseconds of a picture: zooming is to take no more than 200 ms with all that comes before and after. */
const SOON = 30;
/** Milliseconds of the cells of all slots. */
const CELLS_SOON = 60;
/** Milliseconds in which nobody else has a turn, when a picture is put together after its scan. */
const TURN = 30;

export const webPictures: Row = {
  name: "web-pictures",
  title: "pictures of 1,000,000 tasks on 256 slots, as the web process makes them",
  measure: async ({ quick, folder, note }) => {
    const answers = join(folder, "answers.json");
    const bundle = join(folder, "driver.mjs");
    await build({ entryPoints: [DRIVER], bundle: true, platform: "node", format: "esm", outfile: bundle });
    const goals: Goal[] = [];
    for (const [runtime, program] of [["Node", "node"] as const, ["Bun", process.execPath] as const]) {
      note(runtime);
      const seen = await watch({ argv: [program, bundle, answers, String(quick ? 50_000 : 1_000_000)] });
      if (seen.code !== 0) throw new Error(`exit code ${seen.code}: ${seen.stderr}`);
      const { pictures, longestTurn }: Pictures = JSON.parse(readFileSync(answers, "utf8"));
      for (const [what, value] of Object.entries(pictures))
        goals.push({
          ...{
            what: `${what}, ${runtime}`,
            value,
            unit: "ms",
            atMost: what.startsWith("timeline") ? CELLS_SOON : SOON,
          },
        });
      goals.push({ what: `longest turn, ${runtime}`, value: longestTurn, unit: "ms", atMost: TURN });
    }
    return { figures: [], goals };
  },
};

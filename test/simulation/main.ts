import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { simulate } from "./run/simulate.ts";

// Started by scripts/simulate.mjs, in several processes, each of which has a share of the seeds.
const { values } = parseArgs({
  options: {
    /** Where it may write. */
    folder: { type: "string" },
    first: { type: "string" },
    seeds: { type: "string" },
    step: { type: "string", default: "1" },
    /** Say how each seed went, and all complaints. */
    tell: { type: "boolean", default: false },
    trace: { type: "boolean", default: false },
  },
});

/** Files in memory, where there is such a thing: each seed writes some. */
const SHARED_MEMORY = "/dev/shm";
const place = existsSync(SHARED_MEMORY) ? SHARED_MEMORY : (values.folder ?? ".");
const folder = join(place, `disbatch-simulation-${process.pid}`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

for (let i = 0; i < Number(values.seeds); i++) {
  const seed = Number(values.first) + i * Number(values.step);
  const trace = values.trace ? print : undefined;
  const { complaints, reason, faults, starts, seconds } = await simulate({ seed, folder, trace });
  if (values.tell) {
    print(`seed ${seed}: ${reason}, ${faults} faults, ${starts} starts, ${seconds.toFixed(1)} simulated seconds`);
    for (const complaint of complaints) print(`  ${complaint}`);
  } else if (complaints.length > 0) {
    print(`seed ${seed} fails: ${complaints[0]}`);
    print(`  to see it: npm run simulate -- --seed ${seed} --trace`);
  }
  if (complaints.length > 0) process.exitCode = 1;
}

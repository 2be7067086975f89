import { tmpdir } from "node:os";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { simulate } from "./run/simulate.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    first: { type: "string", default: "1" },
    seeds: { type: "string", default: "1" },
    trace: { type: "boolean", default: false },
  },
});

const place = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const folder = join(place, `disbatch-simulation-${process.pid}`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const first = Number(values.seed ?? values.first);
const count = values.seed === undefined ? Number(values.seeds) : 1;
let failed = 0;
const begun = performance.now();
process.on("unhandledRejection", (error) => print(`unhandled: ${String(error)}`));
for (let seed = first; seed < first + count; seed++) {
  const { complaints, reason, faults, starts, seconds } = await simulate({
    seed,
    folder,
    trace: values.trace ? print : undefined,
  });
  if (complaints.length > 0) {
    failed++;
    print(`seed ${seed}: ${complaints.length} complaints; the first: ${complaints[0]}`);
    if (values.seed !== undefined) for (const complaint of complaints) print(complaint);
  }
  if (values.seed !== undefined) print(`${reason}, ${faults} faults, ${starts} starts, ${seconds} s`);
}
const took = (performance.now() - begun) / 1000;
print(`${count} seeds, ${failed} failed, ${(took * 1000 / count).toFixed(1)} ms each`);
process.exitCode = failed > 0 ? 1 : 0;

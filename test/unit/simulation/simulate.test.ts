import { describe, expect, test } from "vitest";
import { join } from "node:path";
import { simulate, type SimulationOptions } from "../../simulation/run/simulate.ts";
import { scratchFolder } from "../node/process/scratch.ts";

/** Seeds that suffice to show what is wrong with a program that is wrong, many times over. */
const MANY = 1_500;

/** Runs the seeds one after the other, until one has a complaint; returns that. */
async function firstComplaint(seeds: number, options: Partial<SimulationOptions> = {}): Promise<string | undefined> {
  const folder = join(scratchFolder(), "run");
  for (let seed = 1; seed <= seeds; seed++) {
    const { complaints } = await simulate({ seed, folder, ...options });
    if (complaints.length > 0) return `seed ${seed}: ${complaints[0]}`;
  }
  return undefined;
}

/** Everything that happens in a simulated run. */
async function traceOf(seed: number): Promise<string[]> {
  const trace: string[] = [];
  await simulate({ seed, folder: join(scratchFolder(), "run"), trace: (line) => void trace.push(line) });
  // Where the files are is the only thing that is not the seed's.
  return trace.map((line) => line.replaceAll(/"prefix":"[^"]*"/g, ""));
}

describe("a simulated run", () => {
  test("is the same for the same seed, and another for another", async () => {
    const [first, again, other] = [await traceOf(5), await traceOf(5), await traceOf(6)];
    expect(first.length).toBeGreaterThan(50);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test("gives no reason for complaint", async () => {
    expect(await firstComplaint(50)).toBeUndefined();
  });

  test("shows a driver that gives engines up before their leases have ended", async () => {
    expect(await firstComplaint(MANY, { patience: 0.1 })).toMatch(/still runs|nothing was wrong/);
  });

  test("shows drivers that do not know what generators have printed before", async () => {
    expect(await firstComplaint(MANY, { remembers: false })).toMatch(
      /no outcome|source-failed|does not end|no task|ends with 0, and 65 is recorded/,
    );
  });

  test("shows tasks that outlive their engines, since nobody ends them", async () => {
    expect(await firstComplaint(MANY, { watchdogs: false })).toMatch(/still runs/);
  });
});

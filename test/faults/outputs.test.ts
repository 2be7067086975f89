import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pass } from "node:timers/promises";
import { expect, test } from "vitest";
import { settleStage } from "../../src/files/outputs/settle.ts";
import { Random } from "../simulation/world/random.ts";
import { bundle, RUNTIMES } from "../unit/node/process/runtimes.ts";
import { SETS, STAGE, standingOf } from "./output-sets.ts";

/** Kills, and the seed of the first round of them. */
const KILLS = Number(process.env["FAULT_ROUNDS"] ?? 200);
const FIRST = Number(process.env["FAULT_SEED"] ?? 1);
/** Kills of one round. */
const MOST = 50;

/** Most are killed on the runtime that starts soonest, so that many can be. */
const PROGRAMS = RUNTIMES.flatMap(([name, program]) =>
  name === "Bun" ? [program, program, program, program] : program,
);
/** Milliseconds in which it has put a few sets in place. */
const LONGEST = 60;

const script = bundle(new URL("putting-probe.ts", import.meta.url));
const rounds = Array.from({ length: Math.ceil(KILLS / MOST) }, (_, i) => FIRST + i);

test.for(rounds)(
  "sets of outputs are old or new, and whole, when whoever puts them in place is killed, in round %i",
  { timeout: 600_000 },
  async (seed) => {
    const random = new Random(seed);
    const root = mkdtempSync(path.join(tmpdir(), "disbatch-putting-"));
    const warnings: string[] = [];
    const known = Array.from({ length: SETS }, () => -1);
    try {
      for (let kill = 1; kill <= Math.min(MOST, KILLS); kill++) {
        await killed(root, kill * 1_000_000, random);
        // Those that settle it are killed now and then, too.
        if (random.chance(0.4)) continue;
        await settleStage(root, STAGE, (message) => warnings.push(message));
        for (const [set, before] of known.entries()) {
          const standing = standingOf(root, set);
          const content = standing === "none" ? -1 : Number(standing);
          expect(content, `set ${set} is ${standing} after kill ${kill}`).toBeGreaterThanOrEqual(before);
          known[set] = content;
        }
        expect(existsSync(path.join(root, ".disbatch"))).toBe(false);
      }
      expect(warnings).toEqual([]);
      expect(Math.max(...known)).toBeGreaterThan(0);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
);

/** Starts one that puts sets in place, and kills it somewhere in that, or in settling what the last one has left. */
async function killed(root: string, from: number, random: Random): Promise<void> {
  const child = spawn(random.oneOf(PROGRAMS) ?? process.execPath, [script, root, String(from)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const when = random.chance(0.2) ? "settles" : "puts";
  for await (const line of createInterface({ input: child.stdout })) if (line === when) break;
  await pass(random.between(0, LONGEST));
  child.kill("SIGKILL");
  await gone;
}

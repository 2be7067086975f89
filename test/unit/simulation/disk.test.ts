import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SimulatedDisk } from "../../simulation/run/simulated-disk.ts";
import { Random } from "../../simulation/world/random.ts";
import { scratchFolder } from "../node/process/scratch.ts";
import { TestWorld } from "./in-world.ts";

/** A program that writes a line every 100 ms, the 55th without committing it, and then dies: what is in its file. */
async function fileOfWhoDies(seed: number, how: "kill" | "crash"): Promise<string> {
  const path = join(scratchFolder(), "file");
  const here = new TestWorld(seed);
  const process = here.addProcess("writer");
  const disk = new SimulatedDisk(new Random(seed), (ms, action) => void here.world.post(process, ms, action));
  process.onEnd((ending) => disk.abandon(ending === "vanished"));
  here.at(0, process, () => {
    const ledger = disk.open(path, true);
    let line = 0;
    setInterval(() => {
      ledger.write(`line ${line++}`);
      if (line < 55) ledger.commit();
    }, 100);
  });
  here.befall(5_500, () => (how === "kill" ? here.mishaps.kill(process) : here.mishaps.crash(process.host)));
  await here.run();
  return readFileSync(path, "utf8");
}

test("a program that is killed leaves what it has written", async () => {
  const lines = Array.from({ length: 54 }, (_, i) => `line ${i}\n`);
  expect(await fileOfWhoDies(1, "kill")).toBe(lines.join(""));
});

test("a host that loses power may lose what was not on the disk, from any byte on", async () => {
  const whole = await fileOfWhoDies(1, "kill");
  const sizes = new Set<number>();
  for (let seed = 0; seed < 20; seed++) {
    const left = await fileOfWhoDies(seed, "crash");
    expect(whole.startsWith(left)).toBe(true);
    // The ledger has the disk take what is older than half a second, which takes up to a tenth.
    expect(left.length).toBeGreaterThan(whole.indexOf("line 47"));
    sizes.add(left.length);
  }
  expect(sizes.size).toBeGreaterThan(5);
});

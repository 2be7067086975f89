/**
 * Runs commands under a shortage of file descriptors, for tests on either runtime: all but a few are taken, and given back
 * in the next turn of the event loop. Writes the outcomes as JSON.
 */

import { closeSync, openSync } from "node:fs";
import { tmpdir } from "node:os";
import type { CommandOutcome } from "../../../../src/domain/result.ts";
import { RunningCommand } from "../../../../src/node/engine/runner.ts";
import { CapturePool } from "../../../../src/node/process/capture-pool.ts";
import { CaptureFolder } from "../../../../src/node/process/capture.ts";

const devNull = openSync("/dev/null", "r");

const outcomes: CommandOutcome[] = [];
for (let free = 0; free <= 6; free++) outcomes.push(await runWith(free));
process.stdout.write(JSON.stringify(outcomes));

async function runWith(free: number): Promise<CommandOutcome> {
  const setup = {
    cwd: "/",
    captures: new CapturePool(new CaptureFolder(tmpdir())),
    devNull,
    output: { keep: "none", limit: 65_536 } as const,
  };
  const taken = takeAll();
  for (const fd of taken.splice(0, free)) closeSync(fd);
  return new Promise((resolve) => {
    void new RunningCommand(setup, `echo ${free}`, { PATH: "/usr/bin:/bin" }, resolve);
    setImmediate(() => {
      for (const fd of taken) closeSync(fd);
    });
  });
}

function takeAll(): number[] {
  const taken: number[] = [];
  for (;;) {
    try {
      taken.push(openSync("/dev/null", "r"));
    } catch {
      return taken;
    }
  }
}

/**
 * An engine as far as its watchdog is concerned, for tests on either runtime: does what it is told by lines on standard
 * input. Its tasks have its standard output.
 */

import { openSync } from "node:fs";
import { createInterface } from "node:readline";
import * as v from "valibot";
import { ENGINE_MARK } from "../../../../src/domain/engine.ts";
import { type ChildEnd, spawn } from "../../../../src/node/process/spawn.ts";
import { Watchdog } from "../../../../src/node/process/watchdog.ts";
import { EngineOrder } from "./watchdog-protocol.ts";

const [, , engineId = "", lookSeconds = "1"] = process.argv;
const devNull = openSync("/dev/null", "r");
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const watchdog = new Watchdog({ engineId, lookSeconds: Number(lookSeconds), warn: say });
say("watched");
for await (const line of createInterface({ input: process.stdin })) {
  const order = v.parse(EngineOrder, JSON.parse(line));
  switch (order.type) {
    case "task":
      startTask(order.script, order.mark ?? engineId);
      break;
    case "followed-task":
      startTask(order.script, engineId, (end) => say(`${JSON.stringify(end)} ${watchdog.hasActed}`));
      break;
    case "beats":
      await giveBeats(order.count, order.seconds);
      say("beaten");
      break;
    case "until":
      watchdog.keepUntil(order.seconds);
      break;
    case "forever":
      watchdog.keepForever();
      break;
    case "close":
      await watchdog.close();
      say("closed");
      break;
  }
}

async function giveBeats(count: number, seconds: number): Promise<void> {
  for (let beat = 0; beat < count; beat++) {
    watchdog.keepUntil(seconds + beat / 100);
    const next = performance.now() + (beat % 101) / 1000;
    do await new Promise((resolve) => setImmediate(resolve));
    while (performance.now() < next);
  }
}

function startTask(script: string, mark: string, ended: (end: ChildEnd) => void = () => undefined): void {
  const env = { PATH: "/usr/bin:/bin", [ENGINE_MARK]: mark };
  spawn({ file: "/bin/bash", args: ["-c", script], env, cwd: "/", stdio: [devNull, 1, 2] }, ended);
}

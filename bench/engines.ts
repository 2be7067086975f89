import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { NodeSlots } from "../src/domain/engine.ts";
import type { Times } from "./engines-driver.ts";
import { timed } from "./run.ts";
import { checkRecord } from "./subjects.ts";

const DRIVER = join(import.meta.dirname, "engines-driver.ts");

export interface EnginesRun {
  /** Path of the task file, and how many tasks it holds. */
  readonly tasks: string;
  readonly count: number;
  readonly prefix: string;
  readonly nodes: readonly NodeSlots[];
  /** What every message takes longer, in milliseconds. */
  readonly delay?: number;
  /** Added to the environment of the driver. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a task file on these engines. @throws Error unless every task was recorded as done. */
export async function onEngines({ tasks, count, prefix, nodes, delay = 0, env }: EnginesRun): Promise<Times> {
  const argv = [process.execPath, DRIVER, tasks, prefix, JSON.stringify(nodes), String(delay)] as const;
  await timed({ argv, ...(env === undefined ? {} : { env }) });
  checkRecord(prefix, count);
  const times: Times = JSON.parse(readFileSync(`${prefix}_times.json`, "utf8"));
  return times;
}

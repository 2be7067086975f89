import { setTimeout as delay } from "node:timers/promises";
import { ENGINE_MARK } from "../../domain/engine.ts";
import type { EngineEnd } from "../../wire/engine-end.ts";
import { isLiving, signal } from "../process/process-table.ts";
import { stopProcesses } from "../process/stop-processes.ts";

/** How often, and how many times, it is looked whether a process that was killed is gone: a second in all. */
const TURN_MS = 10;
const MOST_TURNS = 100;

/** Ends another engine process of this machine, and every process of its tasks, by KILL. */
export async function endEngine({ engineId, pid }: EngineEnd): Promise<void> {
  const stop = (): Promise<void> => stopProcesses({ name: ENGINE_MARK, value: engineId }, new Set([pid]), () => 0);
  // Standing still it reports nothing of what ends under it, and starts nothing; and who its children are can be seen.
  signal(pid, "SIGSTOP");
  await stop();
  // Under some login programs it leads no group; it may have started more until now.
  if (!signal(pid, "SIGKILL")) return;
  await stop();
  // The system needs a moment to take it away.
  for (let turn = 0; turn < MOST_TURNS && isLiving(pid); turn++) await delay(TURN_MS);
}

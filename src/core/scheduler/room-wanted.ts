import type { Backlog } from "./backlog.ts";
import type { RoomWanted } from "./commands.ts";
import { counted, type Demand, describeDemand, describeParts, PARTS } from "./demand.ts";
import type { EngineLoad } from "./engine-load.ts";
import type { Roster } from "./roster.ts";

const GIB = 2 ** 30;

/** The task that is to be started next, and what there is for it: asked for only by those who look at the run. */
export function roomWanted({ waiting }: Backlog, roster: Roster): RoomWanted | undefined {
  const queue = waiting?.order[0] ?? waiting?.aside[0];
  const task = queue?.first?.task;
  if (queue === undefined || task === undefined) return undefined;
  const { demand } = queue;
  const able = roster.staying().filter((engine) => engine.couldRun(demand));
  const [nearest] = able.toSorted((a, b) => shortageOf(a, demand) - shortageOf(b, demand));
  const where = nearest === undefined ? "no engine that is there could ever run it" : freeOn(nearest, demand);
  return { taskId: task.id, needs: describeDemand(demand), where };
}

function shortageOf({ books }: EngineLoad, demand: Demand): number {
  return books?.shortage(demand) ?? Number.POSITIVE_INFINITY;
}

/** What is free of all that the task needs, on the engine that lacks least for it. */
function freeOn({ rank, books }: EngineLoad, { cores, memory, gpus, named }: Demand): string {
  const free = (what: string): number => Math.max(0, books?.left(what) ?? 0);
  const parts = [counted(free("cores") / PARTS, "core")];
  if (cores === 0 && memory + gpus + named.length > 0) parts.length = 0;
  if (memory > 0) parts.push(`${sizeOf(free("memory"))} of memory`);
  if (gpus > 0) parts.push(counted(free("gpus"), "GPU"));
  for (const { name } of named) parts.push(`${name}=${describeParts(free(name))}`);
  return `engine ${rank}, which lacks least for it, has ${parts.join(", ")} free`;
}

function sizeOf(bytes: number): string {
  return Number.isFinite(bytes) ? `${(bytes / GIB).toFixed(1)}G` : "enough";
}

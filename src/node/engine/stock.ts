import type { EngineCapacity } from "../../domain/engine.ts";
import type { EngineTerms } from "../../domain/engine-terms.ts";
import type { Environment } from "../../domain/environment.ts";
import { MOST_SLOTS } from "../../domain/slot-count.ts";
import { type Core, coresWithin } from "../machine/cores.ts";
import { readCpuList } from "../machine/cpu-list.ts";
import { gpusNamedIn, NO_GPUS } from "../machine/gpu-variables.ts";
import type { Machine } from "../machine/machine.ts";
import type { Stock } from "./allotment.ts";
import { CORE_PARTS } from "../../domain/terms/words.ts";
import { fitToOpenFiles } from "./fit-slots.ts";
import type { Gpu } from "./gpu-books.ts";
import type { Share } from "./shares.ts";
import type { Supply } from "./workplace.ts";

/** What there is to know before it is worked out what an engine has. */
export interface StockOptions {
  readonly slots: number;
  readonly coresPerSlot: number;
  /** Files that this process may have open. */
  readonly openFileLimit: number;
  readonly terms: Pick<EngineTerms, "resources" | "offer">;
  readonly env: Environment;
  /** Missing where nobody has looked: then nothing is known but the slots. */
  readonly machine?: Machine | undefined;
  /** Of the processes that slots have of their own, by slot; the others' is the engine's. */
  readonly shares: ReadonlyMap<number, Share>;
}

/** What an engine has to deal out, and what to tell the user of it. */
interface Stocked extends Supply {
  readonly warnings: readonly string[];
}

/** What an engine has to deal out. */
export function stockOf(options: StockOptions): Stocked {
  const { slots, coresPerSlot, machine, shares } = options;
  const { resources, offer } = options.terms;
  const hasSlotProcesses = shares.size > 0;
  const gpus = gpusOf(options);
  const variables = machine?.gpus.variables ?? [];
  const bindsAll = offer.bind === "cores";
  const known = bindsAll ? coresIn(options) : undefined;
  const mayBind = !bindsAll || known !== undefined;
  const bind = machine?.taskset !== undefined && mayBind ? [machine.taskset, "-c"] : undefined;
  // Where each slot has something of its own no others are made.
  const hasOwn = resources.length > 0 || gpus.some((gpu) => gpu.slots.length > 0);
  const stock: Stock = {
    slots,
    coresPerSlot,
    mostTasks: hasOwn ? slots : mostTasks(options),
    memory: machine?.memory,
    named: offer.named,
    gpus,
    hasSlotProcesses,
    bindsAll: bindsAll && bind !== undefined,
    cores: () => known ?? coresIn(options) ?? unknownCores(slots * coresPerSlot),
  };
  const warnings = [...(machine?.warnings ?? []), ...(bindsAll ? bindWarnings(options, mayBind) : [])];
  return { stock, gpuVariables: variables, bind, warnings };
}

/** What the driver is told of it. */
export function capacityOf({ slots, coresPerSlot, memory, gpus, named, mostTasks: most }: Stock): EngineCapacity {
  const cores = slots * coresPerSlot;
  return { cores, coresPerSlot, memory, gpus: gpus.length, named, mostTasks: most };
}

/** As many as have a part of a core each, and can have their files open. */
function mostTasks({ slots, coresPerSlot, openFileLimit }: StockOptions): number {
  const most = Math.min(MOST_SLOTS, slots * coresPerSlot * CORE_PARTS);
  return Math.max(slots, fitToOpenFiles(most, openFileLimit).slots);
}

function bindWarnings({ slots, coresPerSlot, machine }: StockOptions, areKnown: boolean): string[] {
  if (areKnown && machine?.taskset !== undefined) return [];
  const cores = slots * coresPerSlot;
  const few = `there are ${cores} cores for tasks, and the engine may use the processors ${machine?.affinity ?? ""}`;
  const why = areKnown ? "PATH has no program taskset (package util-linux)" : few;
  return [`--bind cores: tasks are not bound: ${why}`];
}

/** The cores of the slots, one slot after the other; undefined where there are fewer than the slots count on. */
function coresIn({ slots, coresPerSlot, machine, shares }: StockOptions): Core[] | undefined {
  if (machine === undefined) return undefined;
  const { affinity, files } = machine;
  const lists = affinitiesOf(slots, affinity, shares);
  if (lists.every((list) => list === affinity)) return coresWithin(affinity, slots * coresPerSlot, files);
  const all = lists.flatMap(readCpuList);
  if (new Set(all).size < all.length) return undefined;
  const cores: Core[] = [];
  for (const list of lists) {
    const own = coresWithin(list, coresPerSlot, files);
    if (own === undefined) return undefined;
    cores.push(...own);
  }
  return cores;
}

function affinitiesOf(slots: number, own: string, shares: ReadonlyMap<number, Share>): string[] {
  return Array.from({ length: slots }, (_, slot) => shares.get(slot)?.affinity ?? own);
}

function unknownCores(count: number): Core[] {
  return Array.from({ length: count }, () => ({ cpus: [], node: 0 }));
}

/** The GPUs, and the slots whose tasks see each of them anyway. */
function gpusOf({ slots, terms: { resources }, machine, env, shares }: StockOptions): Gpu[] {
  const { ids, variables } = machine?.gpus ?? NO_GPUS;
  if (variables.some((name) => resources.includes(name)))
    return gpusOfSlots(ids, dealtOver(env, variables, slots), false);
  if (shares.size === 0) return ids.map((id) => ({ id, slots: [], isFixed: false }));
  const seen = Array.from({ length: slots }, (_, slot) => {
    const share = shares.get(slot);
    return share === undefined ? ids : (gpusNamedIn(share.env)?.ids ?? []);
  });
  const isSame = seen.every((list) => list.join() === ids.join());
  if (!isSame) return gpusOfSlots([...new Set(seen.flat())], seen, false);
  // Slurm may let each process see its own only, which all of them call by the same number.
  const onNode = Number(env["SLURM_GPUS_ON_NODE"] ?? 0);
  if (ids.length * slots > onNode) return ids.map((id) => ({ id, slots: [], isFixed: false }));
  return seen.flatMap((list, slot) => list.map((id) => ({ id, slots: [slot], isFixed: true })));
}

/** What each slot gets of the values that are dealt out. */
function dealtOver(env: Environment, variables: readonly string[], slots: number): string[][] {
  const values = (env[variables[0] ?? ""] ?? "").split(",").map((value) => value.trim());
  return values.slice(0, slots).map((value) => [value]);
}

function gpusOfSlots(ids: readonly string[], seen: readonly (readonly string[])[], isFixed: boolean): Gpu[] {
  return ids.map((id) => ({ id, slots: [...seen.keys()].filter((slot) => seen[slot]?.includes(id)), isFixed }));
}

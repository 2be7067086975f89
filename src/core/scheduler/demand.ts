import type { Assignment } from "../../domain/task.ts";
import { roundSize } from "../../domain/terms/amounts.ts";
import type { TaskTerms } from "../../domain/terms/task-terms.ts";
import { termsOfTry } from "../../domain/terms/terms-of-try.ts";

/** Parts of a core, and of a named resource, that are told apart: so the books have whole numbers, whose sums are exact. */
export const PARTS = 100;

/** What one task takes while it runs, and where it may. Tasks that need the same nearly always have the same object. */
export interface Demand {
  /** Hundredths of cores; 0 for as many as a slot has. */
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  readonly gpus: number;
  readonly named: readonly NamedDemand[];
  /** Label of the one context whose engines may run it. */
  readonly context: string | undefined;
  /** Seconds that have to be left on its engine. */
  readonly minTime: number;
}

interface NamedDemand {
  readonly name: string;
  /** In hundredths. */
  readonly amount: number;
}

/** What a task takes without terms: a slot, anywhere. */
export const ONE_SLOT: Demand = { cores: 0, memory: 0, gpus: 0, named: [], context: undefined, minTime: 0 };

/** Kinds of demands that are known at a time; of those that come and go no record is kept. */
const MOST_KINDS = 4096;
const kinds = new Map<string, Demand>([[keyOf(ONE_SLOT), ONE_SLOT]]);
const byTerms = new WeakMap<TaskTerms, Demand>();

/** What the next start of this task takes. */
export function demandOf({ task, failures = 0 }: Assignment): Demand {
  return demandOfTerms(termsOfTry(task.terms, failures));
}

/** What a task with these terms takes. */
export function demandOfTerms(terms: TaskTerms | undefined): Demand {
  if (terms === undefined) return ONE_SLOT;
  const known = byTerms.get(terms);
  if (known !== undefined) return known;
  const demand = sameAs(demandIn(terms));
  byTerms.set(terms, demand);
  return demand;
}

/** Whether a task with these terms cannot be treated like any other: it needs something, comes before others, or may not run anywhere. */
export function isParticular(terms: TaskTerms | undefined): boolean {
  return (
    terms !== undefined &&
    (terms.hasNeeds || terms.context !== undefined || terms.priority !== 0 || terms.minTime !== undefined)
  );
}

/** Hundredths of an amount. What is there at all is one hundredth at the least. */
export function partsOf(amount: number): number {
  return amount > 0 ? Math.max(1, Math.round(amount * PARTS)) : 0;
}

/** What a task needs, for people: `16 cores, 64G of memory`. */
export function describeDemand({ cores, memory, gpus, named, context }: Demand): string {
  const parts: string[] = [];
  if (cores > 0) parts.push(counted(cores / PARTS, "core"));
  if (memory > 0) parts.push(`${roundSize(memory)} of memory`);
  if (gpus > 0) parts.push(counted(gpus, "GPU"));
  for (const { name, amount } of named) parts.push(`${name}=${describeParts(amount)}`);
  if (parts.length === 0) parts.push("a slot");
  return `${parts.join(", ")}${context === undefined ? "" : ` in context ${context}`}`;
}

/** An amount in hundredths, for people: large whole ones as the sizes that they are. */
export function describeParts(parts: number): string {
  const amount = parts / PARTS;
  const isSize = Number.isInteger(amount) && amount >= 1024 && amount % 1024 === 0;
  return isSize ? roundSize(amount) : String(amount);
}

/** `1 core`, `2 cores`, `0.5 cores`. */
export function counted(amount: number, unit: string): string {
  return `${amount} ${unit}${amount === 1 ? "" : "s"}`;
}

function demandIn({ needs, context, minTime = 0 }: TaskTerms): Demand {
  const named = Array.from(needs.named, ([name, amount]) => ({ name, amount: partsOf(amount) }));
  const { memory = 0, gpus } = needs;
  const taken = named.filter(({ amount }) => amount > 0);
  return { cores: partsOf(needs.cores ?? 0), memory, gpus, named: taken, context, minTime };
}

function sameAs(demand: Demand): Demand {
  const key = keyOf(demand);
  const known = kinds.get(key);
  if (known !== undefined) return known;
  if (kinds.size >= MOST_KINDS) kinds.clear();
  kinds.set(key, demand);
  return demand;
}

function keyOf({ cores, memory, gpus, named, context = "", minTime }: Demand): string {
  return `${cores} ${memory} ${gpus} ${minTime} ${context} ${named.map(({ name, amount }) => `${name}=${amount}`).join(" ")}`;
}

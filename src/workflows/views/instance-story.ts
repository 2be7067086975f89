import { FINAL_STATES, type InstanceState } from "../../domain/instance-state.ts";
import type { Instance } from "../graph/instance.ts";
import { type PlacedInstance, placed, type Standing } from "./standing.ts";

/** Steps of a chain that are told, and neighbours on each side. */
const MOST_STEPS = 50;
const MOST_NEIGHBOURS = 10;
/** Neighbours that are looked at: something may need a million others. */
const MOST_LOOKED_AT = 1_000_000;
/** Indexes are below this; the product with the number of a template is a safe integer. */
const MOST_INDEXES = 2 ** 32;

/** Why an instance stands where it stands, as far as its neighbours tell. */
export interface InstanceStory extends PlacedInstance {
  /** Name of its template. */
  readonly template: string;
  /** What keeps it, step by step, to the first cause; empty where nothing does. */
  readonly because: readonly PlacedInstance[];
  /** What began it, where that is no instance: a task was not printed that the last one of these needs. */
  readonly lacks?: LackingTask | undefined;
  /** What began it, where that is the values of the last one of these: its task's `when` has others, or that of all its needs has. */
  readonly leftOutBy?: "when" | "needs" | undefined;
  /** What began it, where that is a file which others were to make for the last one of these. */
  readonly missing?: string | undefined;
  readonly needs: Neighbours;
  readonly neededBy: Neighbours;
}

/** A task that another one needs, and that its generator has not printed. */
interface LackingTask {
  readonly task: string;
  readonly by: string;
}

/** Instances beside another one. */
export interface Neighbours {
  readonly count: number;
  readonly counts: Readonly<Partial<Record<InstanceState, number>>>;
  /** The first of them; those first that have not succeeded. */
  readonly list: readonly PlacedInstance[];
}

/** Tells why an instance stands where it stands. */
export function instanceStory(standing: Standing, instance: Instance): InstanceStory {
  const { instances } = standing;
  const chain = chainFrom(standing, instance);
  const first = chain.at(-1) ?? instance;
  return {
    ...placed(standing, instance),
    template: instances.template(instance.template).name,
    because: chain.map((each) => placed(standing, each)),
    lacks: standing.stateOf(first) === "blocked" ? lackingFor(standing, first) : undefined,
    leftOutBy: leftOutBy(standing, first),
    missing: standing.stateOf(first) === "blocked" ? standing.missingFor?.(first) : undefined,
    needs: neighbours(standing, instances.parents(instance)),
    neededBy: neighbours(standing, instances.children(instance)),
  };
}

/** The states in which an instance keeps another one that is in this state; the most telling first. */
const KEEPERS: Readonly<Partial<Record<InstanceState, readonly InstanceState[]>>> = {
  blocked: ["failed", "killed", "blocked", "skipped"],
  skipped: ["skipped", "failed", "killed", "blocked", "done", "reused"],
  waiting: ["running", "retrying", "ready", "waiting"],
};

function chainFrom(standing: Standing, instance: Instance): Instance[] {
  const chain: Instance[] = [];
  let at: Instance | undefined = keeperOf(standing, instance);
  while (at !== undefined && chain.length < MOST_STEPS) {
    chain.push(at);
    at = keeperOf(standing, at);
  }
  return chain;
}

function keeperOf(standing: Standing, instance: Instance): Instance | undefined {
  const state = standing.stateOf(instance);
  const keepers = state === undefined ? undefined : KEEPERS[state];
  if (keepers === undefined || leftOutBy(standing, instance) !== undefined) return undefined;
  let best = keepers.length;
  let keeper: Instance | undefined;
  for (const parent of standing.instances.parents(instance)) {
    const rank = keepers.indexOf(standing.stateOf(parent) ?? "done");
    if (rank === -1 || rank >= best) continue;
    best = rank;
    keeper = parent;
    if (rank === 0) break;
  }
  // Nothing that it needs tells: then values are missing, of an axis of something that it needs, or of its own.
  return keeper ?? (state === "skipped" ? undefined : makerOf(standing, instance, state === "blocked"));
}

function leftOutBy(standing: Standing, instance: Instance): InstanceStory["leftOutBy"] {
  const state = standing.stateOf(instance);
  if (state !== "skipped" && state !== "blocked") return undefined;
  const by = standing.instances.leftOutBy(instance.template, instance.index);
  return (by === "when") === (state === "skipped") ? by : undefined;
}

/** The first task that an instance needs and that has not been printed; undefined where that keeps nothing. */
function lackingFor({ instances }: Standing, { template }: Instance): LackingTask | undefined {
  const needed = instances.template(template).alternatives.flat();
  if (needed.every(({ printed }) => printed?.task === undefined)) return undefined;
  const there = new Map<string, string | undefined>();
  for (let number = 0; number < instances.templates; number++) {
    const { name, printedBy } = instances.template(number);
    there.set(name, printedBy);
  }
  for (const { parent, printed } of needed) {
    if (printed?.task !== undefined && there.get(printed.task) !== parent) return { task: printed.task, by: parent };
  }
  return undefined;
}

/** The instance of a generator that prints values of what the instance needs, and has failed, or has not come to its end. */
function makerOf(standing: Standing, { template }: Instance, hasFailed: boolean): Instance | undefined {
  const { instances } = standing;
  const needed = new Set(
    instances
      .template(template)
      .alternatives.flat()
      .map(({ parent }) => parent),
  );
  const numbers = Array.from({ length: instances.templates }, (_, number) => number);
  const axes = numbers.map((number) => instances.template(number)).filter(({ name }) => needed.has(name));
  const makers = new Set(axes.flatMap((each) => each.axes).flatMap((axis) => makerOfAxis(standing, axis)));
  if (makers.size === 0) return undefined;
  for (const number of numbers) {
    if (!makers.has(instances.template(number).name) || number === template) continue;
    for (let index = 0; index < instances.size(number); index++) {
      const state = instances.has(number, index) ? standing.stateOf({ template: number, index }) : undefined;
      if (state !== undefined && keepsBack(state, hasFailed)) return { template: number, index };
    }
  }
  return undefined;
}

function makerOfAxis({ instances }: Standing, number: number): string[] {
  const axis = instances.axis(number);
  return axis.kind === "generated" ? [axis.by] : [];
}

/** Whether a generator in this state is the reason: one that has failed, or one that has not ended. */
function keepsBack(state: InstanceState, hasFailed: boolean): boolean {
  return FINAL_STATES.includes(state) ? hasFailed && state !== "done" && state !== "reused" : !hasFailed;
}

function neighbours(standing: Standing, all: Iterable<Instance>): Neighbours {
  const counts: Partial<Record<InstanceState, number>> = {};
  const telling: PlacedInstance[] = [];
  const others: PlacedInstance[] = [];
  let count = 0;
  // Several edges may lead to the same one.
  const seen = new Set<number>();
  for (const instance of all) {
    seen.add(instance.template * MOST_INDEXES + instance.index);
    if (seen.size === count) continue;
    if (++count > MOST_LOOKED_AT) break;
    const state = standing.stateOf(instance);
    if (state !== undefined) counts[state] = (counts[state] ?? 0) + 1;
    const list = state === "done" || state === "reused" || state === undefined ? others : telling;
    if (list.length < MOST_NEIGHBOURS) list.push(placed(standing, instance));
  }
  return { count, counts, list: [...telling, ...others].slice(0, MOST_NEIGHBOURS) };
}

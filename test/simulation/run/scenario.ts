import type { Context, NodeSlots } from "../../../src/domain/engine.ts";
import { FAIL_FAST, type HaltPolicy } from "../../../src/domain/halt-policy.ts";
import type { LeaseTerms } from "../../../src/domain/lease.ts";
import type { Barrier, PerEngineCommand, StreamItem, Task } from "../../../src/domain/task.ts";
import { termsOfText } from "../../../src/domain/terms/task-terms.ts";
import type { Random } from "../world/random.ts";
import { SHARED_BY_RUN, withNeeds } from "./needs.ts";
import { behaviourOf, commandOf } from "./task-command.ts";
import { itemsOf, makeWorkflow, type WorkflowScenario } from "./workflow-scenario.ts";

/** What a run is to be, all of it made from the seed. */
export interface Scenario extends LeaseTerms {
  readonly items: readonly StreamItem[];
  /** Amounts of named resources that all tasks share. */
  readonly runResources: Readonly<Record<string, number>>;
  /** The document whose instances the items are; undefined in most runs. */
  readonly workflow: WorkflowScenario | undefined;
  /** By task id, the id of the task that has to settle well before this one is given; empty in most runs. */
  readonly after: ReadonlyMap<number, number>;
  /** The driver runs on the first. */
  readonly hosts: readonly { readonly name: string; readonly latency: number }[];
  readonly contexts: readonly Context[];
  readonly crashLimit: number;
  readonly engineRestarts: number;
  readonly halt: HaltPolicy | undefined;
  /** So many failures in a row are too many on an engine, if others do better; undefined for never. */
  readonly maxFailuresPerEngine: number | undefined;
  /** Whoever calls an engine away signals every process of its tasks, too, one after another. */
  readonly sharedSignals: boolean;
  readonly waitForEngines: boolean;
  /** Seconds between TERM and KILL when the run is terminated. */
  readonly grace: number;
  /** Seconds that the run would take about if all went well. */
  readonly span: number;
}

/** In one of so many runs others can use the hosts when the run does not. */
const LENT = 3;
/** In one of so many runs there are tasks that kill their engine whenever they are run. */
const KILLED = 6;
const MOST_KILLERS = 2;
/** In one of so many all processes of an engine are signalled. */
const SHARED = 4;
/** In one of so many runs tasks that fail are tried again. */
const RETRIED = 3;
/** In those, one of so many tasks fails on its first tries. */
const FLAKY = 4;
const MOST_FLAKY = 3;
/** In one of so many runs something else than the last task ends it. */
const HALTED = 8;
/** In one of so many runs engines are stopped on which tasks fail one after another. */
const SUSPECTED = 6;
/** In one of so many runs tasks depend on others. */
const DEPENDENT = 5;
/** In those runs, one of so many tasks depends on nothing, and each other one on the task before it. */
const CHAINED = 3;
/** In one of so many runs tasks have needs. */
const NEEDY = 2;
/** In one of so many runs tasks are the instances of a document. */
const DOCUMENTED = 4;
const LEASES = [1, 2, 3, 5, 5, 10, 10, 20, 60] as const;

export function makeScenario(random: Random): Scenario {
  const lease = random.oneOf(LEASES) ?? 10;
  const hosts = Array.from({ length: random.whole(1, 5) }, (_, i) => ({
    name: `host${i}`,
    latency: random.spread(0.05, 30),
  }));
  const own = makeContexts(random, hosts);
  const once = makeItems(random, lease);
  const plain = random.chance(1 / RETRIED) ? withRetries(random, once, lease) : once;
  const contexts = plain.length % LENT === 0 ? own.map(lend) : own;
  const slots = contexts.flatMap(({ nodes }) => nodes).reduce((sum, node) => sum + node.slots, 0);
  const work = plain.reduce((sum, item) => sum + secondsOf(item), 0);
  const scenario: Scenario = {
    ...{ lease, hosts, contexts },
    onDriverLost: random.chance(0.15) ? "finish" : "kill",
    ...(random.chance(0.2) ? { drainTimeout: random.spread(0.1, 2 * lease) } : {}),
    crashLimit: random.oneOf([1, 3, 3, 10]) ?? 3,
    engineRestarts: random.oneOf([0, 3, 3, 10]) ?? 3,
    halt: random.chance(0.05) ? FAIL_FAST : random.chance(1 / HALTED) ? makeHalt(random) : undefined,
    maxFailuresPerEngine: random.chance(1 / SUSPECTED) ? random.whole(1, 4) : undefined,
    sharedSignals: plain.length % SHARED === 1,
    waitForEngines: false,
    grace: random.spread(0.5, 10),
    span: work / slots + 2,
    items: addNeeds(random.chance(1 / KILLED) ? withKillers(random, plain) : plain, contexts),
    runResources: SHARED_BY_RUN,
    after: plain.length % DEPENDENT === 2 ? chains(plain) : new Map(),
    workflow: undefined,
  };
  if (plain.length % DOCUMENTED !== 3 || plain.every(({ kind }) => kind !== "task")) return scenario;
  const workflow = makeWorkflow(random, plain);
  return { ...scenario, workflow, items: itemsOf(workflow, scenario.items), after: new Map() };
}

function makeHalt(random: Random): HaltPolicy {
  const isPercent = random.chance(0.3);
  return {
    when: random.oneOf(["soon", "now"] as const) ?? "soon",
    on: random.oneOf(["fail", "success", "done"] as const) ?? "fail",
    count: isPercent ? random.whole(1, 100) : random.whole(1, 20),
    isPercent,
  };
}

/** Most tasks may be tried again, each by rules of its own, and some of them have to be. */
function withRetries(random: Random, items: readonly StreamItem[], lease: number): StreamItem[] {
  return items.map((item) => {
    if (item.kind !== "task" || random.chance(0.2)) return item;
    const flaky = random.chance(1 / FLAKY) ? random.whole(1, MOST_FLAKY) : 0;
    const command = commandOf({ ...behaviourOf(item.command), flaky });
    const delay = random.chance(0.5) ? 0 : Math.round(random.spread(0.01, 2) * lease * 1000) / 1000;
    const elsewhere = random.chance(0.3) ? " retry-elsewhere=yes" : "";
    const text = `retries=${random.whole(1, MOST_FLAKY)} retry-delay=${delay}${elsewhere}`;
    return { ...item, command, terms: termsOfText(text) };
  });
}

function addNeeds(items: readonly StreamItem[], contexts: readonly Context[]): readonly StreamItem[] {
  return Math.floor(items.length / DEPENDENT) % NEEDY === 0 ? withNeeds(items, contexts) : items;
}

function withKillers(random: Random, items: readonly StreamItem[]): StreamItem[] {
  const killers = new Set(Array.from({ length: random.whole(1, MOST_KILLERS) }, () => random.oneOf(items)));
  return items.map((item) => {
    if (item.kind !== "task" || !killers.has(item)) return item;
    return { ...item, command: commandOf({ ...behaviourOf(item.command), kills: true }) };
  });
}

function chains(items: readonly StreamItem[]): Map<number, number> {
  const ids = items.flatMap((item) => (item.kind === "task" ? [item.id] : []));
  return new Map(ids.flatMap((id, i) => (i % CHAINED === 0 ? [] : [[id, ids[i - 1] ?? id] as const])));
}

/** Others can use its hosts, but for the driver's own. */
function lend(context: Context): Context {
  const nodes = context.nodes.map((node) => (node.destination === undefined ? node : { ...node, releasable: true }));
  return { ...context, nodes };
}

function makeContexts(random: Random, hosts: Scenario["hosts"]): Context[] {
  const withDriver = hosts.length === 1 || random.chance(0.5);
  const nodes = hosts.slice(withDriver ? 0 : 1).map(({ name }): NodeSlots => {
    return {
      node: name,
      ...(name === hosts[0]?.name ? {} : { destination: name }),
      slots: random.whole(1, 3),
      coresPerSlot: 1,
    };
  });
  const split = nodes.length > 1 && random.chance(0.2) ? random.whole(1, nodes.length - 1) : 0;
  const parts = split === 0 ? [nodes] : [nodes.slice(0, split), nodes.slice(split)];
  return parts.map((part, i) => ({
    label: `SSH${i}`,
    nodes: part,
    taskLimit: random.chance(0.1) ? random.whole(1, 20) : 0,
  }));
}

function makeItems(random: Random, lease: number): StreamItem[] {
  const items: StreamItem[] = [];
  let line = 1;
  const command = (longest: number, failing: number): string =>
    commandOf({
      seconds: random.chance(0.2) ? longest * random.between(0.3, 1) : random.spread(0.005, longest),
      exitCode: random.chance(failing) ? random.whole(1, 9) : 0,
      stubborn: random.chance(0.15),
      kills: false,
      flaky: 0,
    });
  for (const when of ["start", "stop"] as const) {
    const count = random.chance(0.25) ? random.whole(1, 2) : 0;
    for (let id = 0; id < count; id++) {
      const perEngine: PerEngineCommand = {
        kind: "per-engine",
        when,
        id,
        line: line++,
        command: command(lease / 2, 0.03),
      };
      items.push(perEngine);
    }
  }
  const count = random.whole(5, 40);
  const barriers = random.chance(0.6) ? 0.1 : 0;
  const longest = random.spread(0.1, 3) * lease;
  const failing = random.chance(0.5) ? 0.2 : 0;
  for (let id = 0; id < count; id++, line++) {
    const repeatIndex = -1;
    if (random.chance(barriers)) {
      const barrier: Barrier = { kind: "barrier", id, line, check: random.chance(0.2), text: "#DISBATCH BARRIER" };
      items.push(barrier);
    } else {
      const task: Task = { kind: "task", id, line, repeatIndex, command: command(longest, failing) };
      items.push(task);
    }
  }
  return items;
}

function secondsOf(item: StreamItem): number {
  return item.kind === "task" || item.kind === "per-engine"
    ? Number(/^work ([0-9.]+)/.exec(item.command)?.[1] ?? 0)
    : 0;
}

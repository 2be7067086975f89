import { Random } from "../simulation/world/random.ts";
import { artifacts, type Artifact } from "../support/artifacts.ts";

/**
 * Who is struck. `engine-group` is the engine with all that is in its process group, `connection` what a server has started
 * for the SSH connections to it.
 */
export type Victim = "driver" | "engine" | "engine-group" | "watchdog" | "connection";

/** Something that goes wrong. Times are in milliseconds. */
export type Fault =
  /** `kill -9` of all of them, one right after the other. */
  | { readonly type: "kill"; readonly after: number; readonly victims: readonly Victim[] }
  /** SIGSTOP, and some time later SIGCONT. */
  | { readonly type: "freeze"; readonly after: number; readonly victims: readonly [Victim]; readonly duration: number };

/** What a task does besides taking its time; see `task.sh`. */
const HABITS = ["plain", "plain", "child", "leaves-child", "new-session", "ignores-term"] as const;

/** A line of the task file; its id is its place. */
type PlannedItem =
  | { readonly type: "task"; readonly seconds: number; readonly habit: (typeof HABITS)[number] }
  | { readonly type: "barrier" };

/** One round: a run, and what goes wrong in it. All of it follows from the seed, but for who gets how far by then. */
export interface Plan {
  readonly seed: number;
  /** For people. */
  readonly name: string;
  readonly artifact: Artifact;
  readonly slots: number;
  /** Seconds. */
  readonly lease: number;
  readonly items: readonly PlannedItem[];
  readonly perEngine: boolean;
  readonly faults: readonly Fault[];
  /** Drivers that take the run up are killed in their turn, so many milliseconds after they were started. */
  readonly recoveries: readonly number[];
  /** Nothing goes wrong that costs a task its process: each is to be started once. */
  readonly startsOnce: boolean;
}

/** Long enough for engines that have to wait for another driver, on a machine that has a lot to do. */
const LONG_LEASE = 20;
const SHORT_LEASE = 3;
/** For engines that are frozen for longer than that. */
const SHORTEST_LEASE = 1;
/** Beyond its lease a driver gives an engine this time. */
const MARGIN = 4;

/** Who is struck, and how. */
export interface FaultKind {
  readonly victims: readonly [Victim, ...Victim[]];
  readonly frozen?: true;
}

/** What can go wrong on one machine; each is as likely as the others. */
const LOCAL: readonly FaultKind[] = [
  { victims: ["engine"] },
  { victims: ["engine"] },
  { victims: ["engine-group"] },
  { victims: ["engine", "watchdog"] },
  { victims: ["watchdog"] },
  { victims: ["driver"] },
  { victims: ["driver"] },
  { victims: ["driver"] },
  { victims: ["engine", "driver"] },
  { victims: ["driver", "engine"] },
  { victims: ["driver", "watchdog", "engine"] },
  { victims: ["engine"], frozen: true },
  { victims: ["driver"], frozen: true },
];

/** @param choices what may go wrong. */
export function makePlan(seed: number, choices: readonly FaultKind[] = LOCAL): Plan {
  const random = new Random(seed);
  const artifact = random.oneOf(artifacts);
  const first = random.oneOf(choices);
  if (artifact === undefined || first === undefined) throw new Error("there is something to choose from");
  const kinds = [first];
  const second = random.oneOf(choices.filter(({ victims }) => goesWith(first.victims, victims)));
  if (second !== undefined && random.chance(0.3)) kinds.push(second);
  const startsOnce = kinds.every(({ victims }) => victims.every((victim) => isHarmless(victim)));
  const frozenEngine = kinds.some(({ victims, frozen }) => frozen === true && victims.includes("engine"));
  const lease = startsOnce ? LONG_LEASE : frozenEngine ? SHORTEST_LEASE : SHORT_LEASE;
  const faults = kinds.map(({ victims, frozen }): Fault => {
    const after = random.between(0, 1200);
    const [victim] = victims;
    if (frozen !== true) return { type: "kill", after, victims };
    const seconds = victim === "driver" ? 1 : random.chance(0.3) ? lease + MARGIN + 1 : 1.5 * lease;
    return { type: "freeze", after, victims: [victim], duration: 1000 * seconds };
  });
  const killsDriver = faults.some(({ type, victims }) => type === "kill" && victims.includes("driver"));
  const recoveries = Array.from({ length: killsDriver ? (random.oneOf([0, 0, 1, 2]) ?? 0) : 0 }, () =>
    random.between(0, 700),
  );
  const name = `${faults.map(describe).join(", then ")}${recoveries.map(() => ", and again").join("")}`;
  const base = { seed, artifact, lease, faults, recoveries, startsOnce, slots: random.whole(2, 3) };
  return { ...base, name: `${name} (${artifact.name})`, items: makeItems(random), perEngine: random.chance(0.3) };
}

/** An engine is not started a second time at once: that would take longer than a round may. */
function goesWith(first: readonly Victim[], second: readonly Victim[]): boolean {
  const costsEngine = (victims: readonly Victim[]): boolean => victims.some((victim) => victim.startsWith("engine"));
  return !(costsEngine(first) && costsEngine(second)) && first.join() !== second.join();
}

function isHarmless(victim: Victim): boolean {
  return victim === "watchdog" || victim === "driver" || victim === "connection";
}

function describe({ type, victims }: Fault): string {
  return `${victims.join(" and ")} ${type === "kill" ? "killed" : "frozen"}`;
}

function makeItems(random: Random): PlannedItem[] {
  const items = Array.from({ length: random.whole(8, 20) }, (): PlannedItem => {
    return { type: "task", seconds: random.spread(0.02, 0.4), habit: random.oneOf(HABITS) ?? "plain" };
  });
  if (random.chance(0.4)) items.splice(random.whole(1, items.length - 1), 0, { type: "barrier" });
  return items;
}

import { exited, outOfMemory, signalled } from "../../../src/domain/ending.ts";
import type { FailureKind, RunView, WatchLink } from "../../../src/domain/watch.ts";
import type { RunDocument } from "../../../src/web/api/answers.ts";
import { fakeKinds, type FakeScale } from "./fake-tasks.ts";
import { fakeView } from "./fake-view.ts";
import { FAKE_TEMPLATES } from "./fake-workflow.ts";

/** A run of the fixture. Its scale may be changed: what is asked for afterwards follows. */
export interface FakeRun {
  readonly id: string;
  readonly name: string;
  scale: FakeScale;
  link: WatchLink;
  /** Changes what the run is said to do. */
  alter: (view: RunView) => RunView;
  readonly isWorkflow: boolean;
  readonly warnings: readonly string[];
  readonly next: RunDocument["next"];
}

/** When the runs began: a fixed time, so that pictures of the page are always the same. */
const STARTED = 1_796_000_000;

const KINDS = [
  { ending: exited(137), text: "Killed: out of memory allocating #" },
  { ending: exited(2), text: "cannot open '#': No such file or directory" },
  { ending: signalled(11), text: "Segmentation fault (core dumped)" },
  { ending: outOfMemory(2_254_857_830, 2_147_483_648), text: "" },
  { ending: { type: "timed-out" }, text: "step # of #: still waiting for the licence server" },
] as const;

/** Text that wants to be more than text. */
export const HOSTILE = `<script>window.hurt = 1</script><img src=x onerror="window.hurt = 1">\u001b]0;title\u0007\u001b[31mred\u001b[0m \u202Egnp.exe\u202C`;

const HOSTILE_KINDS = [
  { ending: exited(1), text: HOSTILE },
  { ending: exited(3), text: "x".repeat(200) },
  { ending: { type: "not-started", errno: 2 }, text: "" },
] as const;

function node(i: number): string {
  return `node${String(i + 1).padStart(2, "0")}`;
}

const LIVE: FakeScale = {
  total: 5000,
  done: 2140,
  nodes: [0, 1, 2].map(node),
  slotsOfNode: 8,
  started: STARTED,
  typical: 1.6,
  failing: 22,
  kinds: KINDS,
  command: (id) => `./simulate.sh --seed ${id} --out results/${String(id).padStart(5, "0")}.h5 2> logs/${id}.err`,
};

/** Names by which the fixture has its runs, and what each is like. */
const SCALES: Readonly<Record<string, FakeScale>> = {
  live: LIVE,
  huge: {
    ...LIVE,
    total: 1_000_000,
    done: 612_304,
    nodes: Array.from({ length: 64 }, (_, i) => node(i)),
    slotsOfNode: 4,
    failing: 1,
  },
  hostile: {
    ...LIVE,
    total: 60,
    done: 40,
    nodes: [HOSTILE, "node02"],
    slotsOfNode: 2,
    failing: 200,
    kinds: HOSTILE_KINDS,
    command: (id) => `echo ${id} ${HOSTILE}`,
  },
  workflow: { ...LIVE, total: 9000, done: 3700 },
  ended: { ...LIVE, total: 800, done: 800 },
  early: { ...LIVE, total: 800, done: 431 },
  barrier: { ...LIVE, total: 3000, done: 1190 },
  lost: LIVE,
  reading: LIVE,
  fresh: { ...LIVE, total: 0, done: 0, nodes: [] },
  engines: {
    ...LIVE,
    total: 2_000_000,
    done: 400_000,
    nodes: Array.from({ length: 10_000 }, (_, i) => `n${String(i).padStart(5, "0")}`),
    slotsOfNode: 2,
    failing: 1,
  },
};

const ALTERS: Readonly<Record<string, (view: RunView) => RunView>> = {
  workflow: (view) => ({ ...view, templates: { list: FAKE_TEMPLATES, more: 0 } }),
  early: (view) => ({
    ...view,
    phase: "ended",
    reason: "stopped",
    ended: view.now,
    estimate: undefined,
    tasks: { ...view.tasks, running: 0, assigned: 0, interrupted: 24 },
    engines: view.engines.map((engine) => ({ ...engine, state: "left", running: 0 })),
  }),
  barrier: (view) => ({
    ...view,
    tasks: { ...view.tasks, running: 3 },
    barriers: { passed: 1, waiting: { line: 1203, check: false, since: view.now - 184 } },
    engines: view.engines.map((engine) => ({ ...engine, running: 1 })),
    stalls: [{ why: "barrier", line: 1203, since: view.now - 184, running: 3, nodes: ["node01", "node02", "node03"] }],
  }),
  fresh: (view) => ({
    ...view,
    phase: "running",
    reason: undefined,
    ended: undefined,
    tasks: { ...view.tasks, total: undefined, retries: 0, restarts: 0 },
    slots: { total: 0, offeredSeconds: 0, busySeconds: 0 },
    contexts: [],
    series: [],
    barriers: { passed: 0 },
    durations: { count: 0, p50: 0, p95: 0, longest: 0 },
    stalls: [{ why: "no-engines", awaited: true }],
  }),
};

const WARNINGS: Readonly<Record<string, readonly string[]>> = {
  hostile: [`the journal is torn at byte 4096: ${HOSTILE}`],
};

export function fakeRuns(ids: readonly string[] = Object.keys(SCALES)): FakeRun[] {
  return ids.map((id) => {
    const scale = SCALES[id];
    if (scale === undefined) throw new Error(`the fixture has no run ${id}`);
    return {
      id,
      name: id === "hostile" ? `Tasks ${HOSTILE}` : `Tasks_${id}`,
      scale,
      link: linkOf(id),
      alter: ALTERS[id] ?? ((view) => view),
      isWorkflow: id === "workflow",
      warnings: WARNINGS[id] ?? [],
      next: nextOf(id),
    };
  });
}

function linkOf(id: string): WatchLink {
  if (id === "ended" || id === "early") return { state: "over" };
  if (id === "reading") return { state: "reading", share: 0.31 };
  if (id !== "lost") return { state: "live" };
  return { state: "lost", since: Date.now() / 1000 - 95, why: "connect ECONNREFUSED 10.0.3.7:40113", hasDied: true };
}

function nextOf(id: string): RunDocument["next"] {
  if (id === "lost")
    return [{ purpose: "to take up the run where its driver died", command: "disbatch recover Tasks_lost" }];
  if (id === "early" || id === "ended") {
    return [
      {
        purpose: "to run the rest",
        command: `disbatch run -p Tasks_${id} -r Tasks_${id}_status.txt Tasks_${id}.tasks`,
      },
      { purpose: "to run the failed tasks again", command: `disbatch retry Tasks_${id}` },
    ];
  }
  return [];
}

const kept = new Map<string, readonly FailureKind[]>();

/** Where the run stands. Kinds of large runs are counted once. */
export function viewOf(run: FakeRun): RunView {
  const key = `${run.id} ${run.scale.done > 20_000 ? "" : run.scale.done}`;
  const kinds = kept.get(key) ?? fakeKinds(run.scale);
  kept.set(key, kinds);
  return run.alter(fakeView(run.scale, run.name, kinds));
}

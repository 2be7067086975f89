import type { Ending } from "../../src/domain/ending.ts";
import { exited, SUCCESS } from "../../src/domain/ending.ts";
import type {
  EngineSlots,
  EngineView,
  FailureKind,
  FollowedRun,
  RunView,
  TaskDetail,
  TaskPage,
  TaskQuery,
  TaskRow,
} from "../../src/domain/watch.ts";

/** When the run began, and the moment in which it is looked at: 2026-11-29, Unix times in seconds. */
const STARTED = 1_795_950_000;
export const NOW = STARTED + 4324;

const NODES = ["node01", "node02", "node03"];
const KINDS: readonly (readonly [ending: Ending, error: string])[] = [
  [exited(137), "Killed: out of memory allocating 8589934592 bytes\nsecond line"],
  [exited(2), "cannot open '/data/12.h5'"],
  [{ type: "signalled", signal: 11 }, ""],
  [exited(1), "\u001b[31mred\u001b]0;title\u0007 \u202egnp.exe\u0000 名前が長い"],
];
const TEXTS = [
  "Killed: out of memory allocating # bytes",
  "cannot open #",
  "",
  "\u001b[31mred\u001b]#;title\u0007 \u202egnp.exe\u0000 名前が長い",
];

/** How a pretended run is. */
export interface Pretence {
  readonly tasks: number;
  /** Tasks that have ended; so many after them run, and the others wait. */
  readonly ended: number;
  readonly running: number;
}

export const MIXED: Pretence = { tasks: 5000, ended: 3061, running: 24 };

/** Every 50th task fails, for one of four reasons. */
function kindOf(id: number): number | undefined {
  return id % 50 === 17 ? Math.floor(id / 50) % KINDS.length : undefined;
}

/** A task of a pretended run. */
export function taskOf(id: number, { ended, running }: Pretence): TaskRow {
  const command = `./sim.sh --seed ${id} --out /scratch/results/${id}.h5`;
  const base = { id, line: id + 1, repeatIndex: -1, command };
  if (id >= ended + running) return { ...base, state: "waiting", attempt: 0 };
  const place = { attempt: 1, engine: id % 3, node: NODES[id % 3] ?? "", slot: Math.floor(id / 3) % 8 };
  if (id >= ended) return { ...base, ...place, state: "running", start: NOW - 5 * (ended + running - id) };
  const start = STARTED + id;
  const times = { start, finish: start + 1.6 + (id % 7) / 10, output: { bytes: 0, snippet: "" } };
  const kind = kindOf(id);
  const [ending, error] = kind === undefined ? [SUCCESS, ""] : (KINDS[kind] ?? [SUCCESS, ""]);
  const written = { bytes: Buffer.byteLength(error), snippet: error };
  return {
    ...base,
    ...place,
    ...times,
    state: kind === undefined ? "succeeded" : "failed",
    ending,
    kind,
    error: written,
  };
}

/** Where a pretended run stands. */
export function viewOf(pretence: Pretence): RunView {
  const { tasks, ended, running } = pretence;
  const failed = Array.from({ length: ended }, (_, id) => id).filter((id) => kindOf(id) !== undefined);
  return {
    jobId: "Tasks_042",
    taskFile: "Tasks",
    host: "login1",
    pid: 4711,
    started: STARTED,
    now: NOW,
    phase: "running",
    tasks: {
      ...{ total: tasks, succeeded: ended - failed.length, failed: failed.length, skipped: 0, skippedFailed: 0 },
      ...{ interrupted: 0, retrying: 0, retries: 0, running, assigned: 6, restarts: 0 },
    },
    slots: { total: 24, offeredSeconds: 24 * 4324, busySeconds: 22 * 4324 },
    barriers: { passed: 2 },
    contexts: [{ label: "ssh0", nodes: NODES, stopped: false }],
    engines: NODES.map((node, rank) => engineOf(node, rank, pretence)),
    kinds: KINDS.map(([ending], id) => failureKind(id, ending, failed)).filter(({ count }) => count > 0),
    durations: { count: ended, p50: 1.6, p95: 4.1, longest: 192 },
    series: [
      {
        step: 60,
        since: NOW - 10,
        succeeded: [10, 200, 500, 700, 700, 700, 600, 700, 700, 300, 700, 100],
        failed: [0, 3, 6, 1, 0, 1, 2, 3, 4, 5, 6, 1],
        busy: [100, 400, 1200, 1300, 1400, 1400, 1400, 1400, 1400, 700, 1400, 200],
        offered: [1440, 1440, 1440, 1440, 1440, 1440, 1440, 1440, 1440, 1440, 1440, 240],
      },
    ],
    estimate: { earliest: NOW + 2280, latest: NOW + 3300, slow: 3 },
    stalls: [],
  };
}

function engineOf(node: string, rank: number, { ended, running }: Pretence): EngineView {
  return {
    ...{ rank, node, pid: 1000 + rank, context: "ssh0", slots: 8, state: "ready", stopping: false },
    running: Math.floor(running / 3),
    finished: Math.floor(ended / 3),
    failed: rank === 1 ? 40 : 10,
    assigned: Math.floor(running / 3) + 2,
    busySeconds: 12_000,
    durations: { count: 1000, p50: 1.6, p95: 4.1 + rank, longest: 192 },
    lastHeard: NOW - 1 - rank * 20,
  };
}

function failureKind(id: number, ending: Ending, failed: readonly number[]): FailureKind {
  const those = failed.filter((task) => kindOf(task) === id);
  const example = those[0] ?? 0;
  return {
    ...{
      id,
      ending,
      text: TEXTS[id] ?? "",
      count: those.length,
      node: NODES[example % 3] ?? "",
      nodes: id === 0 ? 1 : 3,
    },
    ...{ first: STARTED + example, last: STARTED + (those.at(-1) ?? 0), example, isOther: false },
  };
}

/** A run that goes on, and does not move unless it is told to. */
export class PretendedRun implements FollowedRun {
  view: RunView;
  link: FollowedRun["link"] = { state: "live" };
  readonly #pretence: Pretence;
  readonly #listeners: (() => void)[] = [];
  /** What has been asked for. */
  readonly queries: TaskQuery[] = [];
  readonly stops: unknown[] = [];

  constructor(pretence: Pretence = MIXED) {
    this.#pretence = pretence;
    this.view = viewOf(pretence);
  }

  /** Tells those who follow it that it is otherwise now. */
  become(view: Partial<RunView>, link: FollowedRun["link"] = this.link): void {
    this.view = { ...this.view, ...view };
    this.link = link;
    for (const changed of this.#listeners) changed();
  }

  listen(changed: () => void): void {
    this.#listeners.push(changed);
  }

  tasks(query: TaskQuery): Promise<TaskPage> {
    this.queries.push(query);
    const { tasks } = this.#pretence;
    const to = Math.min(query.to ?? tasks - 1, tasks - 1);
    const fitting: number[] = [];
    for (let id = query.from ?? 0; id <= to; id++) if (fits(taskOf(id, this.#pretence), query)) fitting.push(id);
    const first = Number(query.cursor ?? 0);
    const rows = fitting.slice(first, first + query.limit).map((id) => taskOf(id, this.#pretence));
    const next = first + rows.length;
    return Promise.resolve({ rows, total: fitting.length, cursor: next < fitting.length ? String(next) : undefined });
  }

  task(id: number): Promise<TaskDetail | undefined> {
    if (id >= this.#pretence.tasks) return Promise.resolve(undefined);
    const attempts = [{ attempt: 1, engine: 2, node: "node03", slot: 4, start: STARTED, end: "lost" }] as const;
    return Promise.resolve({ row: taskOf(id, this.#pretence), attempts: id % 2 === 1 ? attempts : [] });
  }

  slots(): Promise<readonly EngineSlots[]> {
    const { ended, running } = this.#pretence;
    const tasks = Array.from({ length: running }, (_, i) => taskOf(ended + i, this.#pretence));
    return Promise.resolve(
      NODES.map((_, rank) => ({
        rank,
        tasks: tasks
          .filter(({ engine }) => engine === rank)
          .map(({ id, attempt, slot = 0, start = 0 }) => ({ taskId: id, attempt, slot, start })),
      })),
    );
  }

  stop(request: unknown): Promise<string> {
    this.stops.push(request);
    return Promise.resolve("done as asked");
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function fits(row: TaskRow, { states, kind, node, engine, code, text }: TaskQuery): boolean {
  return (
    (states === undefined || states.includes(row.state)) &&
    (kind === undefined || row.kind === kind) &&
    (node === undefined || row.node === node) &&
    (engine === undefined || row.engine === engine) &&
    (code === undefined || (row.ending?.type === "exited" && row.ending.code === code)) &&
    (text === undefined || row.command?.includes(text) === true)
  );
}

import { openSync } from "node:fs";
import { onTestFinished } from "vitest";
import type { RunEvent } from "../../../../src/domain/events.ts";
import type { TaskPage, TaskQuery, TaskRow, TaskState } from "../../../../src/domain/watch.ts";
import { Journal } from "../../../../src/records/journal/journal.ts";
import { Ledger } from "../../../../src/records/ledger/ledger.ts";
import { RunState } from "../../../../src/records/state/run-state.ts";
import { WatchedRun } from "../../../../src/records/state/watched-run.ts";
import { returnCodeOf } from "../../../../src/records/statusfile/return-code.ts";
import { StatusFile } from "../../../../src/records/statusfile/status-file.ts";
import { StatusText } from "../../../../src/records/statusfile/status-text.ts";
import { scratchFile } from "../ledger/scratch.ts";

const IDENTITY = { jobId: "run", taskFile: "Tasks", host: "head", pid: 42 };

/** What a naive reader of events makes of a task. */
export interface Seen {
  state: TaskState;
  attempt: number;
  engine?: number | undefined;
  node?: string | undefined;
  command?: string | undefined;
  code?: number | undefined;
}

/** A run whose events are written down and folded as a driver does it, and the same once more the naive way. */
export class WatchedHistory {
  readonly state = new RunState();
  readonly status = scratchFile("run_status.txt");
  readonly journal = this.status.replace("status.txt", "journal.jsonl");
  readonly watch: WatchedRun;
  /** By task id. */
  readonly seen = new Map<number, Seen>();
  readonly #records: readonly (StatusFile | Journal)[];
  readonly #nodes = new Map<number, string>();
  #isClosed = false;
  #time = 0;

  /** @param block bytes that are read of the status file at once. */
  constructor(block?: number) {
    const onOutcome = (id: number, offset: number): void => this.state.table.placeLine(id, offset);
    const status = new StatusFile(Ledger.create(this.status), { node: "head", pid: 42 }, { header: true, onOutcome });
    this.#records = [status, new Journal(Ledger.create(this.journal), () => this.#time)];
    const file = new StatusText(() => openSync(this.status, "r"), block);
    this.watch = new WatchedRun({ state: this.state, identity: IDENTITY, now: () => this.#time, file, toldFrom: 0 });
    onTestFinished(async () => {
      file.close();
      await this.close();
    });
  }

  tell(events: readonly RunEvent[]): void {
    for (const event of events) {
      this.#time = event.time;
      for (const record of this.#records) record.handle(event);
      this.state.handle(event);
      this.#see(event);
    }
    for (const record of this.#records) record.commit();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const record of this.#records) await record.close();
  }

  /** Ids of the tasks that a query is about, in order of the ids, the naive way. */
  naive(query: Omit<TaskQuery, "limit">): number[] {
    const { states, kind, node, engine, code, from = 0, to = Infinity } = query;
    const wanted = ([id, seen]: readonly [number, Seen]): boolean =>
      id >= from &&
      id <= to &&
      states?.includes(seen.state) !== false &&
      (kind === undefined || this.kinds.get(id) === kind) &&
      (node === undefined || seen.node === node) &&
      (engine === undefined || seen.engine === engine) &&
      (code === undefined || (seen.state !== "interrupted" && seen.code === code));
    return [...this.seen]
      .filter(wanted)
      .map(([id]) => id)
      .toSorted((a, b) => a - b);
  }

  /** By task id: the kind of its failure, as the state has counted it. */
  readonly kinds = new Map<number, number>();

  #see(event: RunEvent): void {
    switch (event.type) {
      case "engine-joined":
        this.#nodes.set(event.engine.rank, event.engine.node);
        return;
      case "task-assigned": {
        const { task, attempt, engine } = event;
        const { command } = task;
        this.seen.set(task.id, { state: "assigned", attempt, engine, node: this.#nodes.get(engine), command });
        return;
      }
      case "task-started":
        this.#change(event.task.id, { state: "running" });
        return;
      case "task-finished": {
        const { taskId, ending } = event.result;
        const code = returnCodeOf(ending);
        this.#change(taskId, { state: code === 0 ? "succeeded" : "failed", code });
        const kind = this.state.kinds.idOf(event.result);
        if (code !== 0 && kind !== undefined) this.kinds.set(taskId, kind);
        return;
      }
      case "task-interrupted":
        this.#change(event.task.id, { state: "interrupted" });
        return;
      case "task-returned":
        this.#change(event.taskId, { state: "waiting" });
        return;
      case "task-skipped": {
        const { task, previous } = event.skipped;
        const code = returnCodeOf(previous.ending);
        this.seen.set(task.id, { state: "skipped", attempt: 0, node: previous.node, command: task.command, code });
        return;
      }
      case "engine-left":
      case "engine-lost":
        for (const [id, { engine, state }] of this.seen)
          if (engine === event.engine && (state === "assigned" || state === "running"))
            this.#change(id, { state: "waiting" });
        return;
      default:
    }
  }

  #change(id: number, changes: Partial<Seen>): void {
    const seen = this.seen.get(id);
    if (seen !== undefined) Object.assign(seen, changes);
  }
}

/** All pages of a query. @param between called after each page. */
export async function allPages(
  watch: { tasks(query: TaskQuery): Promise<TaskPage> },
  query: TaskQuery,
  between: () => void = () => undefined,
): Promise<{ readonly rows: readonly TaskRow[]; readonly totals: readonly (number | undefined)[] }> {
  const rows: TaskRow[] = [];
  const totals: (number | undefined)[] = [];
  let cursor: string | undefined;
  do {
    const page = await watch.tasks({ ...query, cursor });
    rows.push(...page.rows);
    totals.push(page.total);
    cursor = page.cursor;
    between();
  } while (cursor !== undefined);
  return { rows, totals };
}

import type { RunEvent } from "../../domain/events.ts";
import { laterCounts } from "../statusfile/counting.ts";
import { COLUMN, readSeconds } from "../statusfile/columns.ts";
import type { StatusLine } from "../statusfile/line-reader.ts";
import { NodeNames } from "../statusfile/node-names.ts";
import { RunState } from "../state/run-state.ts";
import { CHUNK_TASKS } from "../state/task-chunk.ts";
import { BarrierSpans } from "./barrier-spans.ts";
import { idIn, isBarrier, isFailed, passedBarrier, recordIn } from "./line-facts.ts";
import { Lanes } from "./lanes.ts";
import { outcomeOfLine } from "./outcome-of-line.ts";

/** The context of engines that are known by their tasks alone. */
const UNKNOWN_CONTEXT = "";
/** No engine, and no slot. */
const NONE = -1;

/** A node on which tasks have run. */
interface SeenNode {
  readonly name: string;
  readonly rank: number;
  readonly lanes: Lanes;
  /** When its first task began, Unix time in seconds. */
  first: number;
}

/**
 * The state of a run as its status file alone tells it: an engine for each node, which has as many slots as tasks ran there at once,
 * and no attempts.
 */
export class StatusAlone {
  readonly state = new RunState();
  readonly barriers = new BarrierSpans();
  /**
   * Which line counts of the tasks of which another was told before the one that counts was known: their tasks have to be told anew,
   * and all others with them.
   */
  readonly corrections: Map<number, number>;
  /** Whether there are such tasks. */
  isWrong = false;
  readonly #names = new NodeNames();
  /** By the names of nodes. */
  readonly #nodes = new Map<string, SeenNode>();
  /** Unix times in seconds: when the first task began that is known, and the last one ended. */
  #first = Infinity;
  #last = -Infinity;
  /** Time of the latest line. */
  #time = 0;
  /** Whether lines have come since it was settled. */
  #hasMore = true;

  /** The time up to which the lines tell what has happened, Unix time in seconds; undefined while none has told of a time. */
  get time(): number | undefined {
    return this.#last === -Infinity ? undefined : this.#last;
  }

  /** @param corrections of an earlier attempt. */
  constructor(corrections = new Map<number, number>()) {
    this.corrections = corrections;
  }

  take(line: StatusLine): void {
    this.#hasMore = true;
    if (line.kind !== "task" && line.kind !== "skipped") return this.#takeOther(line);
    const node = line.kind === "task" ? this.#names.nameIn(line) : "";
    const slot = line.kind === "task" ? this.#occupy(line, node) : NONE;
    const id = idIn(line);
    if (!this.#counts(id, line)) return;
    if (line.kind === "skipped") this.state.handle(this.#skippedBy(line));
    else this.#finish(line, node, slot);
    this.state.table.placeLine(id, line.offset);
  }

  /** All lines that there are have been told. @param written when the file was, Unix time in seconds. @returns whether that changes anything. */
  settle(written: number): boolean {
    const { state } = this;
    // Nothing in a file without a task tells of a time.
    const [first, last] = this.#first === Infinity ? [written, written] : [this.#first, this.#last];
    if (!this.#hasMore && state.ended === last) return false;
    this.#hasMore = false;
    let offered = 0;
    for (const node of this.#nodes.values()) {
      state.recall(this.#engineOf(node), node.first, last);
      offered += node.lanes.count * Math.max(0, last - node.first);
    }
    state.recallOffer(offered, last);
    state.started = first;
    // Nothing says why it ended, and to whoever looks on it has.
    state.phase = "ended";
    state.ended = last;
    return true;
  }

  /** Whether the line is told: of several lines of a task one counts. */
  #counts(id: number, line: StatusLine): boolean {
    const { table } = this.state;
    if (table.lineOf(id) === undefined) return (this.corrections.get(id) ?? line.offset) === line.offset;
    const chunk = table.chunkOf(id);
    const failed = isFailed(line);
    if (chunk === undefined || !laterCounts(chunk.code[id % CHUNK_TASKS] !== 0, failed)) return false;
    this.corrections.set(id, line.offset);
    this.isWrong = true;
    table.placeLine(id, line.offset);
    chunk.code[id % CHUNK_TASKS] = failed ? 1 : 0;
    return false;
  }

  /** @returns the slot in which the task ran, as far as anybody can tell. */
  #occupy(line: StatusLine, name: string): number {
    const { bytes, starts } = line;
    const start = readSeconds(bytes, starts, COLUMN.start);
    // What was given up, or never started, has no times.
    if (start === 0) return NONE;
    const finish = readSeconds(bytes, starts, COLUMN.finish);
    let node = this.#nodes.get(name);
    if (node === undefined) {
      node = { name, rank: this.#nodes.size, lanes: new Lanes(), first: start };
      this.#nodes.set(name, node);
      this.state.recall(this.#engineOf(node), start, finish);
    }
    if (start < node.first) node.first = start;
    if (start < this.#first) this.state.started = this.#first = start;
    if (finish > this.#last) this.#last = finish;
    return node.lanes.add(start, finish);
  }

  #engineOf({ name, rank, lanes }: SeenNode) {
    return { id: name, rank, node: name, pid: 0, slots: lanes.count, context: UNKNOWN_CONTEXT };
  }

  #finish(line: StatusLine, node: string, slot: number): void {
    const { task, result } = outcomeOfLine(line, node, { attempt: 1, engine: this.#rankOf(node), slot });
    if (result.finish > this.#time) this.#time = result.finish;
    this.state.handle({ type: "task-finished", time: this.#time, task, result });
  }

  #rankOf(node: string): number {
    return this.#nodes.get(node)?.rank ?? NONE;
  }

  #skippedBy(line: StatusLine): RunEvent {
    const { task, result } = outcomeOfLine(line, this.#names.nameIn(line), { attempt: 0, engine: NONE });
    const previous = { ...result, alreadyRecorded: true };
    return { type: "task-skipped", time: this.#time, skipped: { kind: "skipped", task, previous } };
  }

  #takeOther(line: StatusLine): void {
    if (isBarrier(line)) return this.#passBarrier(line);
    const record = recordIn(line);
    if (record === undefined) return;
    const { task, result } = outcomeOfLine(line, record.node, { attempt: 1, engine: this.#rankOf(record.node) });
    if (line.kind === "superseded") return this.state.handle({ type: "task-superseded", time: this.#time, result });
    // Nothing says whether it is a start or a stop command.
    const { id, line: at } = task;
    const command = { kind: "per-engine", when: "start", id, line: at, command: record.command } as const;
    this.state.handle({ type: "per-engine-finished", time: this.#time, command, result });
  }

  #passBarrier(line: StatusLine): void {
    const event = passedBarrier(line, this.state, this.#time);
    if (event === undefined) return;
    this.#time = event.time;
    this.barriers.add(event);
    this.state.handle(event);
  }
}

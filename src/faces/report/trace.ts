import { ROW } from "../../records/outcomes/outcome-table.ts";
import type { Outcomes } from "../../records/outcomes/outcomes.ts";
import { endingOf } from "../../records/statusfile/return-code.ts";
import { formatEnding } from "../terminal/text.ts";
import { TaskLanes } from "./lanes.ts";

/** Process of barriers; engines and nodes have the numbers behind. */
const DRIVER = 1;
const FIRST_PROCESS = 2;
/** Characters of a command in a trace, at most: all of it stands in the status file. */
const LONGEST_COMMAND = 500;

/** One event of the trace event format, as far as it is used here. Times in microseconds since the first start. */
interface TraceEvent {
  readonly ph: "X" | "M";
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
  readonly cat?: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly cname?: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/**
 * All that has run as trace events, in pieces of the JSON object that Perfetto and chrome://tracing open. Processes are
 * engines, and threads are slots; where no journal tells them, they are nodes and reconstructed lanes.
 *
 * @throws UserError `status-file-changed`.
 */
export function* reportTrace(outcomes: Outcomes): Generator<string, void, void> {
  const { table } = outcomes;
  const begin = firstStart(outcomes);
  const origin = begin === Infinity ? 0 : begin;
  yield `{"displayTimeUnit":"ms","otherData":{"origin":${origin}},"traceEvents":[\n`;
  const processes = new Processes(outcomes);
  const lanes = new TaskLanes(table);
  yield JSON.stringify(nameEvent("process_name", DRIVER, 0, "driver"));
  for (let row = 0; row < table.size; row++) {
    const type = table.type(row);
    if (type !== ROW.task && type !== ROW.barrier) continue;
    const { pid, names } = type === ROW.barrier ? { pid: DRIVER, names: [] } : processes.of(row);
    const tid = type === ROW.barrier ? 1 : lanes.laneOf(row) + 1;
    for (const name of [...names, ...processes.threadNames(pid, tid, row)]) yield `,\n${JSON.stringify(name)}`;
    yield `,\n${JSON.stringify(eventOf(outcomes, row, { pid, tid, origin }))}`;
  }
  yield "\n]}\n";
}

function firstStart({ table }: Outcomes): number {
  let first = Infinity;
  for (let row = 0; row < table.size; row++) {
    const type = table.type(row);
    if (type === ROW.task || type === ROW.barrier) first = Math.min(first, table.start(row));
  }
  return first;
}

function eventOf(
  outcomes: Outcomes,
  row: number,
  { pid, tid, origin }: { readonly pid: number; readonly tid: number; readonly origin: number },
): TraceEvent {
  const { table } = outcomes;
  const { id, line, returnCode, pid: process, command } = outcomes.record(row);
  const isBarrier = table.type(row) === ROW.barrier;
  return {
    ph: "X",
    pid,
    tid,
    name: `${isBarrier ? "barrier" : "task"} ${id}`,
    cat: isBarrier ? "barrier" : returnCode === 0 ? "succeeded" : "failed",
    ts: Math.round((table.start(row) - origin) * 1e6),
    dur: Math.round(table.duration(row) * 1e6),
    ...(returnCode !== 0 && { cname: "terrible" }),
    args: {
      line,
      ending: isBarrier ? undefined : formatEnding(endingOf(returnCode, process)),
      command: command.slice(0, LONGEST_COMMAND),
    },
  };
}

function nameEvent(name: "process_name" | "thread_name", pid: number, tid: number, text: string): TraceEvent {
  return { ph: "M", pid, tid, name, args: { name: text } };
}

/** Engines, and nodes where nobody has told of engines, numbered as they appear. */
class Processes {
  readonly #outcomes: Outcomes;
  readonly #pids = new Map<number, number>();
  readonly #threads = new Set<string>();

  constructor(outcomes: Outcomes) {
    this.#outcomes = outcomes;
  }

  /** The process of a row, and its name where it is new. */
  of(row: number): { readonly pid: number; readonly names: readonly TraceEvent[] } {
    const { table } = this.#outcomes;
    const engine = table.engine(row);
    // Nodes have the numbers below 0.
    const key = engine >= 0 ? engine : -1 - table.node(row);
    const known = this.#pids.get(key);
    if (known !== undefined) return { pid: known, names: [] };
    const pid = FIRST_PROCESS + this.#pids.size;
    this.#pids.set(key, pid);
    return { pid, names: [nameEvent("process_name", pid, 0, this.#nameOf(row, engine))] };
  }

  /** The name of a thread that is new. */
  threadNames(pid: number, tid: number, row: number): readonly TraceEvent[] {
    const key = `${pid} ${tid}`;
    if (this.#threads.has(key)) return [];
    this.#threads.add(key);
    if (pid === DRIVER) return [nameEvent("thread_name", pid, tid, "barriers")];
    const isKnown = this.#outcomes.table.engine(row) >= 0;
    return [nameEvent("thread_name", pid, tid, isKnown ? `slot ${tid - 1}` : `lane ${tid - 1} (reconstructed)`)];
  }

  #nameOf(row: number, engine: number): string {
    const node = this.#outcomes.nodes.all[this.#outcomes.table.node(row)] ?? "";
    if (engine < 0) return node;
    const file = this.#outcomes.files[this.#outcomes.table.file(row)];
    const rank = file?.story?.engines[engine - file.firstEngine]?.rank ?? engine;
    return `engine ${rank} on ${node}`;
  }
}

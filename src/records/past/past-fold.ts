import { fstatSync } from "node:fs";
import type { RunEvent } from "../../domain/events.ts";
import { COLUMN, readInteger } from "../statusfile/columns.ts";
import type { LineCount, StatusLine } from "../statusfile/line-reader.ts";
import { NodeNames } from "../statusfile/node-names.ts";
import { parseRecord } from "../statusfile/parse.ts";
import { RunState } from "../state/run-state.ts";
import { CHUNK_TASKS, STATE } from "../state/task-chunk.ts";
import { eachLine } from "./each-line.ts";
import { outcomeOfLine } from "./outcome-of-line.ts";
import { Survey, type SurveyedNode } from "./survey.ts";

/** The context of engines that are known by their tasks alone. */
const UNKNOWN_CONTEXT = "";
/** No engine. */
const NONE = -1;

/** The state of a run as its status file tells it, where there is no journal: an engine for each node, and no attempts. */
export async function foldStatusFile(
  fd: number,
  path: string,
): Promise<{ readonly state: RunState; readonly count: LineCount }> {
  const state = new RunState();
  const survey = new Survey(state.table);
  const count = await survey.read(fd, path);
  // Nothing in a file without a task tells of a time.
  if (survey.first === Infinity) survey.first = survey.last = fstatSync(fd).mtimeMs / 1000;
  const fold = new LineFold(state, survey.first);
  fold.tell({ type: "run-started", time: survey.first, jobId: "", taskFile: "" });
  for (const node of [...survey.nodes.values()].toSorted((a, b) => a.first - b.first)) fold.tellEngine(node);
  await eachLine(fd, path, (line) => fold.take(line));
  for (const { engine } of state.engines) fold.tell({ type: "engine-left", time: survey.last, engine: engine.rank });
  // Nothing says why it ended, and to whoever looks on it has.
  state.phase = "ended";
  state.ended = survey.last;
  return { state, count };
}

/**
 * Adds what only the status file tells to the state that the journal has come to: where lines stand, and outcomes that were written
 * last.
 */
export function addStatusFile(state: RunState, fd: number, path: string): Promise<LineCount> {
  const fold = new LineFold(state, state.started ?? 0);
  return eachLine(fd, path, (line) => fold.add(line));
}

/** Tells a state what stands in lines of a status file. */
class LineFold {
  readonly #state: RunState;
  readonly #started: number;
  /** Time of the latest line, Unix time in seconds: lines are in order, though calendars of hosts may not be. */
  #time: number;
  readonly #names = new NodeNames();
  /** Ranks of engines by their nodes, where there is one for each. */
  readonly #ranks = new Map<string, number>();

  constructor(state: RunState, started: number) {
    this.#state = state;
    this.#started = started;
    this.#time = started;
  }

  tell(event: RunEvent): void {
    this.#state.handle(event);
  }

  /** There is an engine for all tasks of a node. */
  tellEngine({ name, lanes, first }: SurveyedNode): void {
    const rank = this.#ranks.size;
    this.#ranks.set(name, rank);
    const engine = { id: name, rank, node: name, pid: 0, slots: lanes.count, context: UNKNOWN_CONTEXT };
    this.tell({ type: "engine-joined", time: first, engine });
    this.tell({ type: "engine-ready", time: first, engine: rank });
  }

  /** A line of a file that tells the run alone. */
  take(line: StatusLine): void {
    const isOutcome = line.kind === "task" || line.kind === "skipped";
    if (isOutcome && this.#state.table.lineOf(idIn(line)) !== line.offset) return;
    if (line.kind === "task") this.#finish(line, 1, undefined);
    else if (line.kind === "skipped") this.tell(this.#skipped(line));
    else this.#takeOther(line);
  }

  /** A line beside which there is a journal. */
  add(line: StatusLine): void {
    const { table } = this.#state;
    if (isBarrier(line)) return this.#passBarrier(line);
    if (line.kind !== "task" && line.kind !== "skipped") return;
    const id = idIn(line);
    const state = table.stateOf(id);
    if (state === STATE.succeeded || state === STATE.failed || state === STATE.skipped) {
      if (isFailed(line) !== (table.chunkOf(id)?.code[id % CHUNK_TASKS] !== 0)) return;
      table.placeLine(id, line.offset);
      // The journal does not tell where a skipped task has run.
      if (state === STATE.skipped) table.handle(this.#skipped(line));
    } else if (line.kind === "task") {
      const chunk = table.chunkOf(id);
      const [attempt, engine] = [chunk?.attempt[id % CHUNK_TASKS], chunk?.engine[id % CHUNK_TASKS]];
      this.#finish(line, attempt || 1, (engine ?? 0) - 1);
    }
  }

  /** @param engine its rank; undefined for the one of the line's node. */
  #finish(line: StatusLine, attempt: number, engine: number | undefined): void {
    const node = this.#names.nameIn(line);
    const { task, result } = outcomeOfLine(line, node, attempt, engine ?? this.#rankOf(node));
    // Of a run before, in the same file.
    if (result.finish !== 0 && result.finish < this.#started) return;
    this.#time = Math.max(this.#time, result.finish);
    this.tell({ type: "task-finished", time: this.#time, task, result });
    this.#state.table.placeLine(task.id, line.offset);
  }

  #rankOf(node: string): number {
    return this.#ranks.get(node) ?? NONE;
  }

  #skipped(line: StatusLine): Extract<RunEvent, { type: "task-skipped" }> {
    const { task, result } = outcomeOfLine(line, this.#names.nameIn(line), 0, NONE);
    const previous = { ...result, alreadyRecorded: true };
    return { type: "task-skipped", time: this.#time, skipped: { kind: "skipped", task, previous } };
  }

  #takeOther(line: StatusLine): void {
    if (isBarrier(line)) return this.#passBarrier(line);
    const record = recordOf(line);
    if (record === undefined) return;
    const { task, result } = outcomeOfLine(line, record.node, 1, this.#rankOf(record.node));
    if (line.kind === "superseded") return this.tell({ type: "task-superseded", time: this.#time, result });
    // Nothing says whether it is a start or a stop command.
    const command = {
      kind: "per-engine",
      when: "start",
      id: task.id,
      line: task.line,
      command: record.command,
    } as const;
    this.tell({ type: "per-engine-finished", time: this.#time, command, result });
  }

  #passBarrier(line: StatusLine): void {
    const record = recordOf(line);
    if (record === undefined || record.id <= this.#state.lastBarrier) return;
    if (record.finish < this.#started) return;
    this.#time = Math.max(this.#time, record.finish);
    const check = line.kind === "check-barrier";
    const barrier = { kind: "barrier", id: record.id, line: record.line, check, text: record.command } as const;
    const failed = check && this.#state.failedSinceBarrier > 0;
    this.tell({ type: "barrier-passed", time: this.#time, barrier, since: record.start, failed });
  }
}

function isBarrier({ kind }: StatusLine): boolean {
  return kind === "barrier" || kind === "check-barrier";
}

function idIn({ bytes, starts }: StatusLine): number {
  return readInteger(bytes, starts, COLUMN.id);
}

function isFailed({ bytes, starts }: StatusLine): boolean {
  return readInteger(bytes, starts, COLUMN.returnCode) !== 0;
}

function recordOf({ bytes, from, end }: StatusLine) {
  return parseRecord(bytes.subarray(from, end));
}

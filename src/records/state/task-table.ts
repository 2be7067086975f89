import { hadProcess, isSuccess } from "../../domain/ending.ts";
import type { RunEvent } from "../../domain/events.ts";
import type { TaskResult, TaskUsage } from "../../domain/result.ts";
import type { SkippedTask, Task } from "../../domain/task.ts";
import type { Attempt } from "../../domain/watch.ts";
import { returnCodeOf } from "../statusfile/return-code.ts";
import { AttemptLog } from "./attempt-log.ts";
import { RetryTally } from "./retry-tally.ts";
import { TermsOfTasks } from "./terms-of-tasks.ts";
import { CHUNK_TASKS, STATE, STATE_BITS, NO_PROCESS, TaskChunk } from "./task-chunk.ts";

/** Ids are below this; larger ones are none that disbatch gives. */
const ID_LIMIT = 2 ** 31;
/** Chunks that may be nearly empty; beyond them the tasks have to be denser, so that a file of wild ids takes no memory to speak of. */
const FREE_CHUNKS = 2048;
const LEAST_TASKS_A_CHUNK = 16;

/**
 * What is known of each task, by its id: the part of a run's state that grows with tasks, by some 43 bytes each. The text of tasks
 * is not here but for those without an outcome; where the line of a task stands in the status file is.
 */
export class TaskTable {
  /** By id divided by `CHUNK_TASKS`; missing where nothing has been said of any of their ids. */
  readonly chunks: (TaskChunk | undefined)[] = [];
  /** Tasks that have been given out and have no outcome, by id. There are about as many as engines hold. */
  readonly open = new Map<number, Task>();
  /** Tasks that have failed and are tried again. Whoever keeps the table tells it. */
  readonly retries = new RetryTally();
  readonly attempts = new AttemptLog();
  /** What tasks need and may, as far as that has been told. */
  readonly terms = new TermsOfTasks();
  /** Tasks and barriers that something has been said of. */
  tasks = 0;
  barriers = 0;
  /** The largest id among them; -1 when there is none. */
  largestId = -1;
  /** Names of nodes by their number, which counts from 1. */
  readonly #nodes: string[] = [""];
  readonly #numberOfNode = new Map<string, number>();
  /** Numbers of nodes by the rank of the engine. */
  readonly #nodeOfEngine: number[] = [];
  /** Numbers of the chunks there are, in order. */
  readonly #chunkNumbers: number[] = [];

  /** Takes note of the next event. */
  handle(event: RunEvent): void {
    switch (event.type) {
      case "task-assigned":
        return this.#assign(event.task, event.attempt, event.engine);
      case "task-started": {
        const { task, attempt, engine, slot, start } = event;
        return this.#start(task.id, attempt, engine, slot, start);
      }
      case "task-finished": {
        const { task, result } = event;
        this.open.delete(task.id);
        return this.#end(task.id, isSuccess(result.ending) ? STATE.succeeded : STATE.failed, result);
      }
      case "task-retrying": {
        const { task, result } = event;
        this.open.set(task.id, task);
        this.#end(task.id, STATE.retrying, result);
        return this.attempts.add(task.id, { ...attemptOf(result, "failed"), ending: result.ending });
      }
      case "task-interrupted": {
        this.#end(event.task.id, STATE.interrupted, event.result);
        if (this.retries.isKnown(event.task.id, event.result.attempt)) return;
        return this.attempts.add(event.task.id, attemptOf(event.result, "interrupted"));
      }
      case "task-superseded":
        return this.attempts.add(event.result.taskId, attemptOf(event.result, "superseded"));
      case "task-returned":
        return this.#giveBack(event.taskId, "returned", undefined);
      case "task-skipped":
        return this.#skip(event.skipped);
      case "barrier-met":
      case "barrier-passed":
        this.#mark(event.barrier.id);
        return;
      case "engine-joined":
        this.#nodeOfEngine[event.engine.rank] = this.#number(event.engine.node);
        return;
      case "engine-left":
      case "engine-lost":
        return this.#lose(event.engine, event.time);
      default:
    }
  }

  /** A task that has failed is of this kind of failure. */
  setKind(id: number, kind: number): void {
    const chunk = this.chunkOf(id);
    if (chunk !== undefined) chunk.kind[id % CHUNK_TASKS] = kind + 1;
  }

  /** The line of the task that counts begins there in the status file, in bytes. */
  placeLine(id: number, offset: number): void {
    const chunk = this.#chunkFor(id);
    if (chunk !== undefined) chunk.offset[id % CHUNK_TASKS] = offset + 1;
  }

  /** Where the id stands, with its neighbours; undefined when nothing has been said of them. */
  chunkOf(id: number): TaskChunk | undefined {
    return this.chunks[Math.floor(id / CHUNK_TASKS)];
  }

  /** The first id from this one on of whose neighbours something has been said; `Infinity` when there is none. */
  nextKnown(id: number): number {
    const number = this.#chunkNumbers[this.#chunkAt(Math.floor(id / CHUNK_TASKS))];
    return number === undefined ? Infinity : Math.max(id, number * CHUNK_TASKS);
  }

  /** The state of the id, one of `STATE`. */
  stateOf(id: number): number {
    return (this.chunkOf(id)?.state[id % CHUNK_TASKS] ?? 0) & STATE_BITS;
  }

  /** Where the line of the task begins in the status file, in bytes; undefined when that is not known. */
  lineOf(id: number): number | undefined {
    const offset = this.chunkOf(id)?.offset[id % CHUNK_TASKS] ?? 0;
    return offset === 0 ? undefined : offset - 1;
  }

  /** How many nodes tasks have been on: their numbers go from 1 to this one. */
  get nodes(): number {
    return this.#nodes.length - 1;
  }

  /** The number by which the table knows a node; undefined when no task has been there. */
  numberOfNode(name: string): number | undefined {
    return this.#numberOfNode.get(name);
  }

  /** The node of this number; undefined for 0. */
  nodeOf(number: number): string | undefined {
    return number === 0 ? undefined : this.#nodes[number];
  }

  /**
   * Ids of tasks are below this, as far as is known: tasks that nothing has been said of have the ids in between, and then those
   * that follow.
   *
   * @param total all tasks of the run; undefined when nobody knows.
   */
  idsEnd(total: number | undefined): number {
    const gaps = this.largestId + 1 - this.tasks - this.barriers;
    const unseen = (total ?? 0) - this.tasks;
    return this.largestId + 1 + Math.max(0, unseen - gaps);
  }

  #assign(task: Task, attempt: number, engine: number): void {
    const { id } = task;
    const chunk = this.#set(id, STATE.assigned);
    this.open.set(id, task);
    if (chunk === undefined) return;
    if (task.terms !== undefined) this.terms.set(id, task.terms);
    const row = id % CHUNK_TASKS;
    chunk.attempt[row] = attempt;
    chunk.engine[row] = engine + 1;
    chunk.node[row] = this.#nodeOfEngine[engine] ?? 0;
    // A task that is started once more has had these already.
    chunk.slot[row] = 0;
    chunk.start[row] = 0;
    chunk.duration[row] = 0;
    chunk.cpu[row] = 0;
    chunk.peak[row] = 0;
  }

  #start(id: number, attempt: number, engine: number, slot: number, start: number): void {
    // Told again by a driver that takes up a run; what has its outcome does not run.
    if (!this.open.has(id)) return;
    const chunk = this.#set(id, STATE.running);
    if (chunk === undefined) return;
    const row = id % CHUNK_TASKS;
    chunk.attempt[row] = attempt;
    chunk.engine[row] = engine + 1;
    chunk.slot[row] = slot + 1;
    chunk.start[row] = start;
  }

  #end(id: number, state: number, result: TaskResult): void {
    const { attempt, engine, slot, ending, start, finish, node, usage } = result;
    const chunk = this.#set(id, hadProcess(ending) ? state : state | NO_PROCESS);
    if (chunk === undefined) return;
    const row = id % CHUNK_TASKS;
    chunk.attempt[row] = attempt;
    chunk.engine[row] = engine + 1;
    chunk.slot[row] = slot + 1;
    chunk.start[row] = start;
    chunk.duration[row] = finish - start;
    chunk.code[row] = returnCodeOf(ending);
    chunk.node[row] = this.#number(node);
    chunk.cpu[row] = usage?.cpu ?? 0;
    chunk.peak[row] = usage?.peak ?? 0;
  }

  /** What the task has used; undefined where that is not known, or not worth a number. */
  usageOf(id: number): TaskUsage | undefined {
    const chunk = this.chunkOf(id);
    const row = id % CHUNK_TASKS;
    const cpu = chunk?.cpu[row] ?? 0;
    const peak = chunk?.peak[row] ?? 0;
    if (cpu === 0 && peak === 0) return undefined;
    // The column keeps seven digits, and times of records have three behind the point.
    return { cpu: Math.round(cpu * 1000) / 1000, peak: peak === 0 ? undefined : peak };
  }

  #skip({ task: { id }, previous }: SkippedTask): void {
    const { node, start, finish, ending } = previous;
    this.open.delete(id);
    const chunk = this.#set(id, hadProcess(ending) ? STATE.skipped : STATE.skipped | NO_PROCESS);
    if (chunk === undefined) return;
    const row = id % CHUNK_TASKS;
    chunk.code[row] = returnCodeOf(ending);
    chunk.start[row] = start;
    chunk.duration[row] = finish - start;
    chunk.node[row] = this.#number(node);
  }

  /** An engine does not hold the task any more, which has no outcome. */
  #giveBack(id: number, end: "lost" | "returned", finish: number | undefined): void {
    const chunk = this.open.has(id) ? this.chunkOf(id) : undefined;
    if (chunk === undefined) return;
    const row = id % CHUNK_TASKS;
    const [attempt = 0, engine = 0, slot = 0, start = 0, node = 0] = [
      chunk.attempt[row],
      chunk.engine[row],
      chunk.slot[row],
      chunk.start[row],
      chunk.node[row],
    ];
    this.attempts.add(id, {
      attempt,
      engine: engine - 1,
      node: this.nodeOf(node) ?? "",
      slot: slot === 0 ? undefined : slot - 1,
      start: start === 0 ? undefined : start,
      finish: start === 0 ? undefined : finish,
      end,
    });
    chunk.state[row] = STATE.waiting;
    chunk.slot[row] = 0;
    chunk.start[row] = 0;
  }

  #lose(engine: number, time: number): void {
    for (const id of this.open.keys()) {
      const chunk = this.chunkOf(id);
      const row = id % CHUNK_TASKS;
      if (chunk === undefined || chunk.engine[row] !== engine + 1) continue;
      const state = (chunk.state[row] ?? 0) & STATE_BITS;
      if (state === STATE.assigned || state === STATE.running) this.#giveBack(id, "lost", time);
    }
  }

  #mark(barrier: number): void {
    const chunk = this.#chunkFor(barrier);
    const row = barrier % CHUNK_TASKS;
    if (chunk === undefined || chunk.state[row] !== STATE.unseen) return;
    chunk.state[row] = STATE.barrier;
    this.barriers++;
    if (barrier > this.largestId) this.largestId = barrier;
  }

  /** @returns where the task stands; undefined when the table has no place for it. */
  #set(id: number, state: number): TaskChunk | undefined {
    const chunk = this.#chunkFor(id);
    if (chunk === undefined) return undefined;
    const row = id % CHUNK_TASKS;
    const before = (chunk.state[row] ?? 0) & STATE_BITS;
    if (before === STATE.unseen || before === STATE.barrier) {
      this.tasks++;
      if (before === STATE.barrier) this.barriers--;
      if (id > this.largestId) this.largestId = id;
    }
    chunk.state[row] = state;
    return chunk;
  }

  #chunkFor(id: number): TaskChunk | undefined {
    const known = this.chunkOf(id);
    if (known !== undefined) return known;
    if (!(id >= 0 && id < ID_LIMIT)) return undefined;
    if (this.#chunkNumbers.length > FREE_CHUNKS + this.tasks / LEAST_TASKS_A_CHUNK) return undefined;
    const number = Math.floor(id / CHUNK_TASKS);
    // Nearly always the last one.
    this.#chunkNumbers.splice(this.#chunkAt(number), 0, number);
    return (this.chunks[number] = new TaskChunk());
  }

  /** Where the first chunk stands among the numbers of chunks that is this one or comes after it. */
  #chunkAt(number: number): number {
    const numbers = this.#chunkNumbers;
    if ((numbers.at(-1) ?? -1) < number) return numbers.length;
    let from = 0;
    let to = numbers.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((numbers[middle] ?? 0) < number) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #number(node: string): number {
    const known = this.#numberOfNode.get(node);
    if (known !== undefined) return known;
    if (node === "" || this.#nodes.length > 0xffff) return 0;
    this.#numberOfNode.set(node, this.#nodes.length);
    return this.#nodes.push(node) - 1;
  }
}

function attemptOf({ attempt, engine, node, slot, start, finish }: TaskResult, end: Attempt["end"]): Attempt {
  return { attempt, engine, node, slot: slot < 0 ? undefined : slot, start, finish, end };
}

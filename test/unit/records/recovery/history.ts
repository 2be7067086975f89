import * as fc from "fast-check";
import { exited, isSuccess } from "../../../../src/domain/ending.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import type { Engine } from "../../../../src/domain/engine.ts";
import type { TaskResult } from "../../../../src/domain/result.ts";
import type { Assignment, Task } from "../../../../src/domain/task.ts";

/** The events of a run up to some moment, and where it then stands. */
export interface History {
  readonly events: readonly RunEvent[];
  /** By rank: what engines hold that are there. */
  readonly held: ReadonlyMap<number, readonly Assignment[]>;
  readonly waiting: readonly Assignment[];
}

const COMMANDS = [
  "true",
  "echo 'a\tb'",
  "printf '\udcff\udc80'",
  "line\nbreak",
  "grün 😀",
  'say "x"',
  "\\back",
] as const;
const NODES = ["n1", "n2", "n3"] as const;
/** Of these ids each is a barrier: every 9th, and of them every other one checks. */
const BARRIER_EVERY = 9;
/** This one of every 7 tasks needs no run. */
const SKIP_EVERY = 7;

/** A run that goes as chance has it: engines come and go, tasks end well or badly, are handed back, cut short, skipped. */
export const anyHistory: fc.Arbitrary<History> = fc
  .array(fc.nat(0xffff), { minLength: 10, maxLength: 150, size: "max" })
  .map((choices) => {
    const play = new Play();
    for (const choice of choices) play.move(choice);
    return play.history();
  });

class Play {
  readonly #events: RunEvent[] = [];
  readonly #held = new Map<number, Assignment[]>();
  readonly #engines = new Map<number, Engine>();
  #waiting: Assignment[] = [];
  #nextRank = 0;
  #nextId = 0;
  #failed = 0;
  #time = 1_700_000_000.123;
  #over = false;

  constructor() {
    this.#tell({ type: "run-started", jobId: "run", taskFile: "Tasks", total: 500 });
    const nodes = NODES.map((node) => ({ node, slots: 2, coresPerSlot: 1 }));
    this.#tell({ type: "context-added", context: { label: "SSH0", nodes, taskLimit: 0 }, later: false });
  }

  history(): History {
    return { events: this.#events, held: this.#held, waiting: this.#waiting.toSorted((a, b) => a.task.id - b.task.id) };
  }

  move(choice: number): void {
    if (this.#over) return;
    const ranks = [...this.#held.keys()];
    const rank = ranks[choice % Math.max(1, ranks.length)];
    const detail = choice >>> 4;
    if (rank === undefined || (choice % 16 === 0 && ranks.length < 4)) return this.#join(detail);
    const held = this.#held.get(rank) ?? [];
    switch (choice % 16) {
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
        return this.#assign(rank, held);
      case 6:
      case 7:
      case 8:
      case 9:
        return this.#finish(rank, held, detail);
      case 10:
        return this.#handBack(rank, held);
      case 11:
        return this.#cutShort(rank, held);
      case 12:
        return this.#go(rank, held, "lost");
      case 13:
        return this.#go(rank, held, "left");
      case 14:
        return this.#tell({ type: "engine-silent", engine: rank, reason: "nothing is heard" });
      case 15:
        return this.#start(rank, held, detail);
      default:
        return this.#tell({ type: "warning", message: "careful" });
    }
  }

  #tell(event: RunEvent extends infer E ? (E extends RunEvent ? Omit<E, "time"> : never) : never): void {
    this.#time += 0.0137;
    this.#events.push({ ...event, time: this.#time });
  }

  #join(detail: number): void {
    const rank = this.#nextRank++;
    const node = NODES[rank % NODES.length] ?? "n";
    const engine = { id: `engine-${rank}`, rank, node, pid: 100 + rank, slots: 2, context: "SSH0" };
    this.#engines.set(rank, engine);
    this.#held.set(rank, []);
    this.#tell({ type: "engine-joined", engine });
    const command = { kind: "per-engine", when: "start", id: 0, line: 1, command: "setup" } as const;
    const result = this.#result(rank, { id: 0, attempt: 1, slot: -1 }, detail);
    if (!isSuccess(result.ending)) this.#failed++;
    this.#tell({ type: "per-engine-finished", command, result });
    this.#tell({ type: "engine-ready", engine: rank });
  }

  #assign(rank: number, held: Assignment[]): void {
    const assignment = this.#waiting.shift() ?? this.#nextTask();
    if (assignment === undefined) return;
    held.push(assignment);
    this.#tell({ type: "task-assigned", ...assignment, engine: rank });
  }

  #nextTask(): Assignment | undefined {
    const id = this.#nextId;
    if (id % BARRIER_EVERY === BARRIER_EVERY - 1) return this.#passBarrier(id);
    this.#nextId++;
    const command = COMMANDS[id % COMMANDS.length] ?? "true";
    const task: Task = { kind: "task", id, line: id + 2, repeatIndex: id % 3 === 0 ? id : -1, command };
    if (id % SKIP_EVERY !== 0) return { task, attempt: 1, crashes: 0 };
    const { taskId: _id, attempt: _attempt, engine: _engine, slot: _slot, ...outcome } = this.#result(0, { id }, id);
    if (!isSuccess(outcome.ending)) this.#failed++;
    const previous = { ...outcome, alreadyRecorded: false };
    this.#tell({ type: "task-skipped", skipped: { kind: "skipped", task, previous } });
    return undefined;
  }

  #passBarrier(id: number): undefined {
    if (this.#waiting.length > 0 || [...this.#held.values()].some((held) => held.length > 0)) return;
    this.#nextId++;
    const check = id % 2 === 0;
    const text = check ? "#DISBATCH BARRIER CHECK" : "#DISBATCH BARRIER";
    const barrier = { kind: "barrier", id, line: id + 2, check, text } as const;
    this.#over = check && this.#failed > 0;
    this.#failed = 0;
    this.#tell({ type: "barrier-passed", barrier, since: this.#time - 0.05, failed: this.#over });
  }

  #start(rank: number, held: readonly Assignment[], detail: number): void {
    const slot = detail % 2;
    const assignment = held[slot];
    if (assignment === undefined) return;
    const { task, attempt } = assignment;
    this.#tell({ type: "task-started", task, attempt, engine: rank, slot, start: this.#time - 1 });
  }

  #finish(rank: number, held: Assignment[], detail: number): void {
    const [assignment] = held.splice(detail % Math.max(1, Math.min(2, held.length)), 1);
    if (assignment === undefined) return;
    const { task, attempt } = assignment;
    const result = this.#result(rank, { id: task.id, attempt }, detail);
    if (!isSuccess(result.ending)) this.#failed++;
    this.#tell({ type: "task-finished", task, result });
  }

  #handBack(rank: number, held: Assignment[]): void {
    const assignment = held.pop();
    if (assignment === undefined) return;
    this.#waiting.push(assignment);
    this.#tell({ type: "task-returned", taskId: assignment.task.id, engine: rank });
  }

  #cutShort(rank: number, held: Assignment[]): void {
    const assignment = held.shift();
    if (assignment === undefined) return;
    const { task, attempt } = assignment;
    this.#waiting.push({ ...assignment, attempt: attempt + 1 });
    this.#tell({ type: "task-interrupted", task, result: this.#result(rank, { id: task.id, attempt }, 1) });
  }

  #go(rank: number, held: readonly Assignment[], how: "left" | "lost"): void {
    this.#held.delete(rank);
    for (const { task, attempt, crashes } of held) {
      const died = how === "lost" ? 1 : 0;
      this.#waiting.push({ task, attempt: attempt + 1, crashes: crashes + died });
    }
    this.#tell(
      how === "lost"
        ? { type: "engine-lost", engine: rank, reason: "died", crashed: true }
        : { type: "engine-left", engine: rank },
    );
  }

  #result(engine: number, of: { id: number; attempt?: number; slot?: number }, detail: number): TaskResult {
    const error = detail % 4 === 0 ? { bytes: 7, snippet: "oh 'no'\n" } : { bytes: 0, snippet: "" };
    return {
      ...{ taskId: of.id, attempt: of.attempt ?? 1, engine, slot: of.slot ?? 0 },
      ...{ node: this.#engines.get(engine)?.node ?? "n1", pid: 1000 + this.#events.length },
      ...{ ending: exited(detail % 8 === 0 ? 1 : 0), start: this.#time - 0.0004, finish: this.#time + 0.00049 },
      ...{ output: { bytes: 0, snippet: "" }, error },
    };
  }
}

import { closeSync, openSync, writeSync } from "node:fs";

import { type Ending, exited, signalled, SUCCESS } from "../src/domain/ending.ts";
import type { RunEvent } from "../src/domain/events.ts";
import { NO_LEAK, type TaskResult } from "../src/domain/result.ts";
import type { Task } from "../src/domain/task.ts";
import { JOURNAL_HEADER } from "../src/records/journal/entry.ts";
import { formatEvent } from "../src/records/journal/format.ts";
import { formatRecord } from "../src/records/statusfile/format.ts";
import { recordOf } from "../src/records/statusfile/record-of.ts";
import { studyLine } from "./files.ts";

/** Engines of a run, and slots of each. */
interface Fleet {
  readonly engines: number;
  readonly slots: number;
}

const FLEET: Fleet = { engines: 40, slots: 32 };
/** One task of so many fails, in one of four ways. */
const FAILING = 500;
/** When the run began, Unix time in seconds. */
const BEGAN = 1_700_000_000;
/** Seconds that a task takes, on the average, and from one wave of tasks to the next, which is what the longest takes. */
const LASTS = 1.6;
const WAVE = 1.5 * LASTS;

/** Lines that are put together before they are written. */
const BLOCK = 1000;

/** The events of a run of so many tasks that has ended well, but for one task of 500. */
function* recordedRun(count: number, { engines, slots }: Fleet): Generator<RunEvent, void, void> {
  yield { type: "run-started", time: BEGAN, jobId: "bench", taskFile: "Tasks", total: count };
  const nodes = Array.from({ length: engines }, (_, rank) => `node${String(rank + 1).padStart(2, "0")}`);
  const context = {
    label: "SSH0",
    nodes: nodes.map((node) => ({ node, slots, coresPerSlot: 1 })),
    taskLimit: 0,
  };
  yield { type: "context-added", time: BEGAN, context, later: false };
  for (const [rank, node] of nodes.entries()) {
    const engine = { id: `engine${rank}`, rank, node, pid: 100 + rank, slots, context: "SSH0" };
    yield { type: "engine-joined", time: BEGAN, engine };
    yield { type: "engine-ready", time: BEGAN, engine: rank };
  }
  const places = engines * slots;
  for (let first = 0; first < count; first += places) {
    const start = BEGAN + 1 + inMilliseconds((first / places) * WAVE);
    const ids = Array.from({ length: Math.min(places, count - first) }, (_, slot) => first + slot);
    for (const id of ids) {
      yield { type: "task-assigned", time: start, task: taskOf(id), attempt: 1, crashes: 0, engine: id % engines };
    }
    const results = ids.map((id) => {
      const engine = id % engines;
      return resultOf(id, { engine, slot: Math.floor(id / engines) % slots, node: nodes[engine] ?? "" }, start);
    });
    for (const result of results.toSorted((one, other) => one.finish - other.finish)) {
      yield { type: "task-finished", time: result.finish, task: taskOf(result.taskId), result };
    }
  }
  const time = BEGAN + 3 + inMilliseconds(Math.ceil(count / places) * WAVE);
  for (const rank of nodes.keys()) yield { type: "engine-left", time, engine: rank };
  yield { type: "run-ended", time, reason: "done" };
}

/** Writes the records of such a run. */
export function writeRecords(count: number, status: string, journal: string, fleet = FLEET): void {
  const files = [openSync(status, "w"), openSync(journal, "w")] as const;
  const lines: [string[], string[]] = [[], [JOURNAL_HEADER]];
  const flush = (): void => {
    for (const [which, fd] of files.entries()) {
      const held = lines[which] ?? [];
      if (held.length > 0) writeSync(fd, `${held.join("\n")}\n`);
      held.length = 0;
    }
  };
  for (const event of recordedRun(count, fleet)) {
    const record = recordOf(event, { node: "login1", pid: 1 });
    if (record !== undefined) lines[0].push(formatRecord(record));
    lines[1].push(formatEvent(event));
    if (lines[1].length >= BLOCK) flush();
  }
  flush();
  for (const fd of files) closeSync(fd);
}

function taskOf(id: number): Task {
  return { kind: "task", id, line: id + 1, repeatIndex: -1, command: studyLine(id) };
}

const FAILURES: readonly { readonly ending: Ending; readonly says: (id: number) => string }[] = [
  { ending: signalled(9), says: (id) => `Killed: out of memory allocating ${id}\n` },
  { ending: exited(2), says: (id) => `cannot open '/data/${id}.h5'\n` },
  { ending: exited(1), says: () => "assertion failed\n" },
  { ending: exited(137), says: () => "" },
];

function resultOf(id: number, place: Pick<TaskResult, "engine" | "slot" | "node">, start: number): TaskResult {
  const failure = id % FAILING === 0 ? FAILURES[(id / FAILING) % FAILURES.length] : undefined;
  const says = failure?.says(id) ?? "";
  return {
    taskId: id,
    attempt: 1,
    ...place,
    pid: 1000 + (id % 30_000),
    ending: failure?.ending ?? SUCCESS,
    start,
    finish: inMilliseconds(start + LASTS * (0.5 + ((id * 7919) % 1000) / 1000)),
    output: NO_LEAK,
    error: says === "" ? NO_LEAK : { bytes: says.length, snippet: says },
  };
}

/** Times of records have three digits behind the point. */
function inMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

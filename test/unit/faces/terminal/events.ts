import { exited, signalled } from "../../../../src/domain/ending.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { NO_LEAK, type TaskResult } from "../../../../src/domain/result.ts";
import type { Task } from "../../../../src/domain/task.ts";

type TaskStarted = Extract<RunEvent, { readonly type: "task-started" }>;

/** When the runs of these tests start, Unix time in seconds. */
export const START = 1_700_000_000;

export function task(id: number, command = "true"): Task {
  return { kind: "task", id, line: id + 1, repeatIndex: -1, command };
}

export function resultOf(taskId: number, changes: Partial<TaskResult> = {}): TaskResult {
  return {
    taskId,
    attempt: 1,
    node: "n1",
    engine: 0,
    slot: 0,
    pid: 1000 + taskId,
    ending: exited(0),
    start: START,
    finish: START + 1,
    output: NO_LEAK,
    error: NO_LEAK,
    ...changes,
  };
}

export function started(total?: number): RunEvent {
  const known = total === undefined ? {} : { total };
  return { type: "run-started", time: START, jobId: "job", taskFile: "Tasks", ...known };
}

export function joined(rank: number, slots: number, time = START): RunEvent {
  return {
    type: "engine-joined",
    time,
    engine: { id: `id-${rank}`, rank, node: `n${rank}`, pid: 42, slots, context: "SSH0" },
  };
}

export function assigned(id: number, engine = 0): RunEvent {
  return { type: "task-assigned", time: START, task: task(id), attempt: 1, crashes: 0, engine };
}

export function runs(id: number, changes: Partial<TaskStarted> = {}): TaskStarted {
  return {
    ...{ type: "task-started", time: START, task: task(id), attempt: 1, engine: 0, slot: 0, start: START },
    ...changes,
  };
}

export function finished(id: number, changes: Partial<TaskResult> = {}, command = "true"): RunEvent {
  const result = resultOf(id, changes);
  return { type: "task-finished", time: result.finish, task: task(id, command), result };
}

export function skipped(id: number, code = 0): RunEvent {
  const previous = { ...resultOf(id, { ending: exited(code) }), alreadyRecorded: true };
  return { type: "task-skipped", time: START, skipped: { kind: "skipped", task: task(id), previous } };
}

export function interrupted(id: number, engine = 0): RunEvent {
  const result = resultOf(id, { engine, ending: signalled(15) });
  return { type: "task-interrupted", time: START + 1, task: task(id), result };
}

export function ended(seconds: number, reason: Extract<RunEvent, { type: "run-ended" }>["reason"] = "done"): RunEvent {
  return { type: "run-ended", time: START + seconds, reason };
}

import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import type { RunningTask } from "../../../../src/domain/task.ts";
import { LIMITS } from "../../../../src/domain/limits.ts";
import { TaskLimits } from "../../../../src/node/engine/task-limits.ts";
import { stockOf } from "../../../../src/node/engine/stock.ts";
import { LOOK_MS, Workplace } from "../../../../src/node/engine/workplace.ts";
import { PretendedCommands, STARTED_AT } from "./pretended-commands.ts";

let commands: PretendedCommands;
let said: (readonly RunningTask[])[];
let workplace: Workplace;
let limits: TaskLimits;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  commands = new PretendedCommands();
  said = [];
  const stopTask = (): Promise<void> => Promise.reject(new Error("no task has limits"));
  const nothing = (): void => undefined;
  const means = { stopTask, warnTask: nothing, note: nothing };
  limits = new TaskLimits({ engineId: "id", terms: LIMITS, processes: "/nowhere", ...means });
  const options = {
    engineId: "id",
    coresPerSlot: 1,
    terms: { resources: [], threadEnv: false, offer: { named: {} } },
    env: {},
    start: commands.start,
  };
  const supply = stockOf({ ...options, slots: 2, openFileLimit: 1024, shares: new Map() });
  workplace = new Workplace(options, { supply, limits }, (tasks) => said.push(tasks));
  workplace.furnish(0, {});
  onTestFinished(() => {
    workplace.close();
    limits.close();
    vi.useRealTimers();
  });
});

/** A task has been given a slot; whether it has a process is another thing. */
function run(id: number, attempt = 1) {
  const task = { kind: "task", id, line: id + 1, repeatIndex: -1, command: `run ${id}` } as const;
  const assignment = { task, attempt, crashes: 0 };
  const place = workplace.take(assignment);
  if (place === undefined) throw new Error("no slot is free");
  workplace.runTask(assignment, place, () => undefined);
  return commands.last;
}

function look(): void {
  vi.advanceTimersByTime(LOOK_MS);
}

const started = (taskId: number, slot: number, attempt = 1): RunningTask => ({
  ...{ taskId, attempt, slot, start: STARTED_AT },
});

describe("what runs", () => {
  test("is told once, all of a look together", () => {
    run(4).begin(100);
    run(5, 3).begin(101);
    expect(said).toEqual([]);
    look();
    look();
    expect(said).toEqual([[started(4, 0), started(5, 1, 3)]]);
  });

  test("is not told when it has ended by the next look", () => {
    const task = run(4);
    task.begin(100);
    task.end(exited(0));
    look();
    expect(said).toEqual([]);
  });

  test("is not told before it has a process", () => {
    const task = run(4);
    look();
    expect(said).toEqual([]);
    task.begin(100);
    look();
    expect(said).toEqual([[started(4, 0)]]);
  });

  test("is not told of per-engine commands", () => {
    const command = { kind: "per-engine", when: "start", id: 0, line: 1, command: "setup" } as const;
    workplace.runCommand(command, () => undefined);
    commands.last.begin(100);
    look();
    expect([said, workplace.startedTasks()]).toEqual([[], []]);
  });

  test("is told in full to those who ask, and by the next look only what has been started since", () => {
    run(4).begin(100);
    look();
    run(5).begin(101);
    expect(workplace.startedTasks()).toEqual([started(4, 0), started(5, 1)]);
    look();
    expect(said).toEqual([[started(4, 0)]]);
  });
});

import { describe, expect, test } from "vitest";
import type { PerEngineCommand, Task } from "../../../../src/domain/task.ts";
import {
  type TaskEnvironment,
  setTaskVariables,
  slotEnvironment,
  type SlotEnvironmentOptions,
} from "../../../../src/node/engine/environment.ts";
import { fitToOpenFiles, fitToResources } from "../../../../src/node/engine/fit-slots.ts";

const options: SlotEnvironmentOptions = {
  base: { HOME: "/home/me", DISBATCH_CYLINDER_RANK: "of an outer run", GPUS: "a,b,c" },
  common: { DISBATCH_JOBID: "run", DISBATCH_NAMETASKS: "Tasks" },
  engineId: "id-1",
  engineRank: 2,
  slot: 1,
  coresPerSlot: 4,
  terms: { resources: [], threadEnv: false },
};
const task: Task = { kind: "task", id: 7, line: 12, repeatIndex: 3, command: "x" };
const perEngine: PerEngineCommand = { kind: "per-engine", when: "stop", id: 1, line: 2, command: "x" };

describe("what all tasks of a slot have in common", () => {
  test("is what the engine was given, what the run gives, and the slot's own variables", () => {
    expect(slotEnvironment(options)).toEqual({
      HOME: "/home/me",
      GPUS: "a,b,c",
      DISBATCH_JOBID: "run",
      DISBATCH_NAMETASKS: "Tasks",
      DISBATCH_ENGINE_ID: "id-1",
      DISBATCH_ENGINE_RANK: "2",
      DISBATCH_CYLINDER_RANK: "1",
      DISBATCH_CORES_PER_TASK: "4",
    });
  });

  test("does not have bash read the user's start-up file once more on a host that was reached over SSH", () => {
    const levelOf = (base: TaskEnvironment): string | undefined => slotEnvironment({ ...options, base })["SHLVL"];
    expect(levelOf({ SSH_CLIENT: "192.0.2.1 1 22" })).toBe("1");
    expect(levelOf({ SSH_CLIENT: "192.0.2.1 1 22", SHLVL: "0" })).toBe("1");
    expect(levelOf({ SSH_CLIENT: "192.0.2.1 1 22", SHLVL: "3" })).toBe("3");
    expect(levelOf({})).toBeUndefined();
  });

  test("is the slot's own object", () => {
    const [one, other] = [slotEnvironment(options), slotEnvironment(options)];
    setTaskVariables(one, task, { attempt: 1 });
    expect(other["DISBATCH_TASKID"]).toBeUndefined();
    expect(options.base["DISBATCH_TASKID"]).toBeUndefined();
  });
});

describe("how many threads libraries are told to use", () => {
  const NAMES = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"];
  const terms = { resources: [], threadEnv: true };
  const threads = (more: Partial<SlotEnvironmentOptions>): (string | undefined)[] => {
    const env = slotEnvironment({ ...options, terms, ...more });
    return NAMES.map((name) => env[name]);
  };

  test("is the cores of a slot, for tasks and per-engine commands", () => {
    expect(threads({})).toEqual(["4", "4", "4", "4"]);
    expect(threads({ slot: -1 })).toEqual(["4", "4", "4", "4"]);
  });

  test("is nothing, unless that is wanted", () => {
    expect(threads({ terms: { ...terms, threadEnv: false } })).toEqual([undefined, undefined, undefined, undefined]);
    expect(NAMES.filter((name) => name in slotEnvironment(options))).toEqual([]);
  });

  test("is left as the user has set it, for each library", () => {
    expect(threads({ base: { MKL_NUM_THREADS: "2" } })).toEqual(["4", "4", "2", "4"]);
    expect(threads({ common: { NUMEXPR_NUM_THREADS: "" } })).toEqual(["4", "4", "4", ""]);
  });

  test("is left to OpenMP's variable where the user has set that, which the other libraries follow", () => {
    expect(threads({ base: { OMP_NUM_THREADS: "8" } })).toEqual(["8", undefined, undefined, undefined]);
    expect(threads({ common: { OMP_NUM_THREADS: "8" }, base: { MKL_NUM_THREADS: "2" } })).toEqual([
      ...["8", undefined, "2", undefined],
    ]);
  });
});

describe("the variables of a task", () => {
  const variablesOf = (item: Task | PerEngineCommand): TaskEnvironment => {
    const env: TaskEnvironment = {};
    setTaskVariables(env, item, { attempt: 1 });
    return env;
  };

  test("are its attempt, and its id, line and repeat index, each also padded to six places", () => {
    expect(variablesOf(task)).toEqual({
      DISBATCH_ATTEMPT: "1",
      DISBATCH_RETRY: "0",
      DISBATCH_LAST_ENDING: "",
      DISBATCH_TASKID: "7",
      DISBATCH_TASKID_ZP: "000007",
      DISBATCH_STREAM_INDEX: "12",
      DISBATCH_STREAM_INDEX_ZP: "000012",
      DISBATCH_REPEAT_INDEX: "3",
      DISBATCH_REPEAT_INDEX_ZP: "000003",
    });
  });

  test.each([
    [-1, "-00001"],
    [-99_999, "-99999"],
    [-100_000, "-100000"],
    [0, "000000"],
    [999_999, "999999"],
    [1_000_000, "1000000"],
  ])("pad %i to %s", (repeatIndex, padded) => {
    expect(variablesOf({ ...task, repeatIndex })["DISBATCH_REPEAT_INDEX_ZP"]).toBe(padded);
  });

  test("of a per-engine command tell its place in its list, and no repeat index", () => {
    expect(variablesOf(perEngine)).toMatchObject({
      DISBATCH_TASKID: "1",
      DISBATCH_STREAM_INDEX: "2",
      DISBATCH_REPEAT_INDEX: "-1",
      DISBATCH_REPEAT_INDEX_ZP: "-00001",
    });
  });

  test("replace those of the task before", () => {
    const env = variablesOf(task);
    setTaskVariables(
      env,
      { ...task, id: 8, repeatIndex: -1 },
      { attempt: 3, failures: 1, lastEnding: { type: "signalled", signal: 9 } },
    );
    expect(env).toMatchObject({ DISBATCH_TASKID: "8", DISBATCH_REPEAT_INDEX: "-1", DISBATCH_ATTEMPT: "3" });
    expect(env).toMatchObject({ DISBATCH_RETRY: "1", DISBATCH_LAST_ENDING: "SIGKILL" });
  });
});

describe("values that are dealt out", () => {
  const dealing = (...resources: string[]) => ({ resources, threadEnv: false });
  const dealt = (slot: number): string | undefined =>
    slotEnvironment({ ...options, slot, terms: dealing("GPUS", "NOT_SET") })["GPUS"];

  test("go to the slots in order, and per-engine commands get those of slot 0", () => {
    expect([0, 1, 2, -1].map((slot) => dealt(slot))).toEqual(["a", "b", "c", "a"]);
  });

  test("leave variables alone that are not set", () => {
    expect(slotEnvironment({ ...options, terms: dealing("NOT_SET") })).not.toHaveProperty("NOT_SET");
  });

  test("may be several for each slot", () => {
    const env = slotEnvironment({ ...options, base: { A: "1,2", B: "x,y" }, terms: dealing("A", "B") });
    expect([env["A"], env["B"]]).toEqual(["2", "y"]);
  });
});

describe("slots that the values suffice for", () => {
  const base = { TWO: "a,b", FOUR: "1,2,3,4", EMPTY: "" };

  test("are all of them when there are as many values", () => {
    expect(fitToResources(4, ["FOUR"], base)).toEqual({ slots: 4, warnings: [] });
    expect(fitToResources(4, [], base)).toEqual({ slots: 4, warnings: [] });
  });

  test("are as many as the scarcest value, with a warning", () => {
    const { slots, warnings } = fitToResources(4, ["TWO", "FOUR"], base);
    expect(slots).toBe(2);
    expect(warnings).toEqual([expect.stringMatching(/-E TWO.*2 values.*4 slots/)]);
  });

  test("are all of them when values are left over, with a warning", () => {
    expect(fitToResources(3, ["FOUR"], base)).toEqual({
      slots: 3,
      warnings: [expect.stringMatching(/-E FOUR.*4 values.*last 1/)],
    });
  });

  test.each(["NOT_SET", "EMPTY"])("are all of them when the variable has no values, with a warning (%s)", (name) => {
    expect(fitToResources(3, [name], base)).toEqual({ slots: 3, warnings: [expect.stringContaining(`-E ${name}`)] });
  });
});

test("there are no more slots than open files allow for, and the user is told", () => {
  expect(fitToOpenFiles(100, 1024)).toEqual({ slots: 100, warnings: [] });
  expect(fitToOpenFiles(1000, 1024)).toEqual({ slots: 328, warnings: [expect.stringContaining("328 slots are used")] });
  expect(fitToOpenFiles(5, 20).slots).toBe(1);
});

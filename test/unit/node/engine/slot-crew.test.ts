import { type Duplex, duplexPair } from "node:stream";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { exited, signalled } from "../../../../src/domain/ending.ts";
import type { CommandOutcome } from "../../../../src/domain/result.ts";
import type { PerEngineCommand, Task } from "../../../../src/domain/task.ts";
import type { Share } from "../../../../src/node/engine/shares.ts";
import { SlotCrew } from "../../../../src/node/engine/slot-crew.ts";
import type { SlotHandle } from "../../../../src/node/engine/slot-handle.ts";
import { SlotWorker } from "../../../../src/node/engine/slot-worker.ts";
import type { Running, StartItem } from "../../../../src/node/engine/workplace.ts";
import { Connection } from "../../../../src/wire/connection.ts";
import { encodeFrame } from "../../../../src/wire/frames.ts";
import {
  parseSlotMessage,
  parseSlotOrder,
  type SlotMessage,
  type SlotOrder,
} from "../../../../src/wire/slot-messages.ts";
import { until } from "../../../support/until.ts";
import { living, TestGroup } from "../process/children.ts";
import { PretendedCommands } from "./pretended-commands.ts";

const PATIENCE_MS = 10_000;
const own: Share = { affinity: "0", env: {} };
const task: Task = { kind: "task", id: 7, line: 12, repeatIndex: -1, command: "echo 7" };

/** A slot process that calls, in this very process. */
class CallingSlot {
  readonly commands = new PretendedCommands();
  /** Process groups that it has ended, and the grace that they had. */
  readonly killed: number[] = [];
  /** On its boot clock. */
  now = 0;
  readonly ended: Promise<void>;
  hasEnded = false;
  readonly #stream: Duplex;

  constructor(crew: SlotCrew, slot: number, share: Share = { affinity: "1", env: { DEVICE: `${slot}` } }) {
    const [engineSide, slotSide] = duplexPair();
    this.#stream = slotSide;
    engineSide.once("close", () => slotSide.destroy());
    crew.accept(engineSide);
    const worker = new SlotWorker(slotSide, {
      ...{ slot, share, engineId: "id", coresPerSlot: 2, start: this.commands.start },
      terms: { resources: [], threadEnv: false },
      bootSeconds: () => this.now,
      kill: async (group) => {
        this.killed.push(group);
        this.commands.last.end(signalled(9));
      },
    });
    this.ended = worker.run().then(() => void (this.hasEnded = true));
  }

  /** Its connection is gone. */
  hangUp(): void {
    this.#stream.end();
  }
}

/** A crew of one besides the engine, and how tasks start there. */
async function crewOfOne() {
  const crew = new SlotCrew(2, own);
  const caller = new CallingSlot(crew, 1);
  await crew.gather(PATIENCE_MS);
  const handle = handleOf(crew, 1);
  const start = handle.furnish(3, { DISBATCH_JOBID: "run" });
  return { crew, caller, handle, start };
}

function handleOf(crew: SlotCrew, slot: number): SlotHandle {
  const handle = crew.processes.get(slot);
  if (handle === undefined) throw new Error(`nobody is there for slot ${slot}`);
  return handle;
}

/** Starts it, and waits until the slot process has heard of that. */
async function begin(start: StartItem, caller: CallingSlot, item: Task | PerEngineCommand = task) {
  const outcomes: CommandOutcome[] = [];
  const before = caller.commands.started.length;
  const running = start(item, { attempt: 2, failures: 1, lastEnding: { type: "exited", code: 3 } }, (outcome) =>
    outcomes.push(outcome),
  );
  await until(
    () => caller.commands.started.length > before,
    () => "its start",
  );
  return { running, outcomes };
}

function isKnown(running: Running, pid: number): Promise<void> {
  return until(
    () => running.pid === pid,
    () => `process ${pid}, not ${running.pid}`,
  );
}

describe("a crew", () => {
  test("is whole when each slot but the engine's own has its process, in whatever order", async () => {
    const crew = new SlotCrew(4, own);
    const gathered = crew.gather(PATIENCE_MS);
    const callers = [3, 1, 2].map((slot) => new CallingSlot(crew, slot));
    await gathered;
    expect([...crew.processes].map(([slot, handle]) => [slot, handle.share.env["DEVICE"]])).toEqual([
      [3, "3"],
      [1, "1"],
      [2, "2"],
    ]);
    expect(crew.isNeeded).toBe(true);
    expect(callers.map(({ hasEnded }) => hasEnded)).toEqual([false, false, false]);
  });

  test("that is not whole in time names the slots that are missing", async () => {
    const crew = new SlotCrew(4, own);
    const caller = new CallingSlot(crew, 2);
    await expect(crew.gather(100)).rejects.toMatchObject({
      ...{ code: "slot-process-missing", exitCode: 3 },
      message: "slots 1, 3 have no process 0.1 s after the engine has started; Slurm starts one for each",
    });
    caller.hangUp();
  });

  test("is given up when one of it dies before it is whole", async () => {
    const crew = new SlotCrew(3, own);
    const gathered = crew.gather(PATIENCE_MS);
    const caller = new CallingSlot(crew, 2);
    await until(
      () => crew.processes.size === 1,
      () => "slot 2",
    );
    caller.hangUp();
    await expect(gathered).rejects.toMatchObject({ message: "the process of slot 2 has died", exitCode: 3 });
  });

  test("has one process for each slot, and none for others", async () => {
    const crew = new SlotCrew(2, own);
    const deaths: unknown[] = [];
    const first = new CallingSlot(crew, 1);
    await crew.gather(PATIENCE_MS);
    crew.onDeath = (error) => deaths.push(error);
    const others = [new CallingSlot(crew, 1), new CallingSlot(crew, 2)];
    await Promise.all(others.map(({ ended }) => ended));
    expect([crew.processes.size, first.hasEnded, deaths]).toEqual([1, false, []]);
  });

  test("that is let go leaves, and that is no death", async () => {
    const { crew, caller } = await crewOfOne();
    const deaths: unknown[] = [];
    crew.onDeath = (error) => deaths.push(error);
    await crew.release();
    await caller.ended;
    expect(deaths).toEqual([]);
  });

  test("tells of the death of one", async () => {
    const { crew, caller } = await crewOfOne();
    const death = new Promise<Error>((resolve) => (crew.onDeath = resolve));
    caller.hangUp();
    expect(await death).toMatchObject({ code: "slot-process-died", message: "the process of slot 1 has died" });
  });
});

describe("a task in a slot process", () => {
  test("has that process's environment, and what the run, the engine and the task give", async () => {
    const { start, caller } = await crewOfOne();
    await begin(start, caller);
    expect(caller.commands.last.command).toBe("echo 7");
    expect(caller.commands.last.env).toEqual({
      ...{ DEVICE: "1", DISBATCH_JOBID: "run", DISBATCH_ENGINE_ID: "id", DISBATCH_ENGINE_RANK: "3" },
      ...{ DISBATCH_CYLINDER_RANK: "1", DISBATCH_CORES_PER_TASK: "2", DISBATCH_ATTEMPT: "2" },
      ...{ DISBATCH_RETRY: "1", DISBATCH_LAST_ENDING: "exit 3" },
      ...{ DISBATCH_TASKID: "7", DISBATCH_TASKID_ZP: "000007", DISBATCH_STREAM_INDEX: "12" },
      ...{ DISBATCH_STREAM_INDEX_ZP: "000012", DISBATCH_REPEAT_INDEX: "-1", DISBATCH_REPEAT_INDEX_ZP: "-00001" },
    });
  });

  test("is known by its process as soon as it has one, and by its outcome", async () => {
    const { start, caller } = await crewOfOne();
    for (const pid of [41, 42]) {
      const { running, outcomes } = await begin(start, caller);
      expect(running.pid).toBe(-1);
      caller.commands.last.begin(pid);
      await isKnown(running, pid);
      caller.commands.last.end(exited(pid));
      await until(
        () => outcomes.length > 0,
        () => "its outcome",
      );
      expect(outcomes).toMatchObject([{ pid, ending: exited(pid), start: 1, finish: 2 }]);
    }
  });

  test("that has no process yet when it is abandoned is given up, which is known then", async () => {
    const { start, caller } = await crewOfOne();
    const { running } = await begin(start, caller);
    await running.abandon(false);
    expect(caller.commands.last.isAbandoned).toBe(true);
    expect(running.pid).toBe(-1);
  });

  test("whose process is not known yet when it is abandoned is known by it then", async () => {
    const { start, caller } = await crewOfOne();
    const { running } = await begin(start, caller);
    caller.commands.last.begin(43);
    await running.abandon(false);
    expect(running.pid).toBe(43);
  });

  test("cannot be abandoned in vain: a slot process that does not answer is killed", async () => {
    const frozen = TestGroup.start("exec sleep 1000");
    const crew = new SlotCrew(2, own);
    const [engineSide, slotSide] = duplexPair();
    crew.accept(engineSide);
    slotSide.write(encodeFrame(JSON.stringify({ type: "hello", slot: 1, pid: frozen.pid, affinity: "", env: {} })));
    await crew.gather(PATIENCE_MS);
    const running = handleOf(crew, 1).furnish(0, {})(task, { attempt: 1 }, () => undefined);
    await running.abandon(false);
    await frozen.ended;
    expect(living([frozen.pid])).toEqual([]);
  });

  test("may be abandoned by somebody who is patient: then a slot process that does not answer lives on", async () => {
    const frozen = TestGroup.start("exec sleep 1000");
    const crew = new SlotCrew(2, own);
    const [engineSide, slotSide] = duplexPair();
    crew.accept(engineSide);
    slotSide.write(encodeFrame(JSON.stringify({ type: "hello", slot: 1, pid: frozen.pid, affinity: "", env: {} })));
    await crew.gather(PATIENCE_MS);
    const running = handleOf(crew, 1).furnish(0, {})(task, { attempt: 1 }, () => undefined);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    let isAbandoned = false;
    const abandoned = Promise.resolve(running.abandon(true)).then(() => (isAbandoned = true));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(isAbandoned).toBe(false);
    expect(living([frozen.pid])).toEqual([frozen.pid]);
    slotSide.write(encodeFrame(JSON.stringify({ type: "abandoned" })));
    await abandoned;
    expect(isAbandoned).toBe(true);
  });

  test("is not asked for where the slot process is gone", async () => {
    const { crew, start, caller } = await crewOfOne();
    const { running } = await begin(start, caller);
    const death = new Promise((resolve) => (crew.onDeath = resolve));
    caller.hangUp();
    await death;
    await running.abandon(false);
    expect(running.pid).toBe(-1);
    caller.commands.last.end(exited(0));
  });
});

describe("a slot process whose engine is gone", () => {
  test("leaves when what it runs has ended, which others see to", async () => {
    const { start, caller } = await crewOfOne();
    await begin(start, caller);
    caller.commands.last.begin(44);
    caller.hangUp();
    await until(
      () => caller.commands.last.isAbandoned,
      () => "that it takes note",
    );
    expect(caller.hasEnded).toBe(false);
    caller.commands.last.end(signalled(15));
    await caller.ended;
    expect(caller.killed).toEqual([]);
  });

  test("kills what still runs after two seconds", async () => {
    const { start, caller } = await crewOfOne();
    await begin(start, caller);
    caller.commands.last.begin(45);
    const begun = performance.now();
    caller.hangUp();
    await caller.ended;
    expect(performance.now() - begun).toBeGreaterThan(1_900);
    expect(caller.killed).toEqual([45]);
  });

  test("leaves at once when nothing runs", async () => {
    const { caller } = await crewOfOne();
    caller.hangUp();
    await caller.ended;
    expect(caller.killed).toEqual([]);
  });
});

test("a slot process kills what runs two seconds after the engine's lease has ended, which is no outcome, and is gone then", async () => {
  const { start, caller, handle, crew } = await crewOfOne();
  const { outcomes } = await begin(start, caller);
  caller.commands.last.begin(46);
  handle.keepUntil(100);
  caller.now = 101.9;
  handle.keepUntil(200);
  handle.keepUntil(100);
  await looks();
  expect(caller.killed).toEqual([]);
  handle.keepUntil();
  caller.now = 1000;
  await looks();
  expect(caller.killed).toEqual([]);
  handle.keepUntil(998);
  await caller.ended;
  expect(caller.killed).toEqual([46]);
  expect(outcomes).toEqual([]);
  await crew.release();
});

/** Resolves when the slot process has looked at its deadline once more, which it does twice a second. */
function looks(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 600));
}

test("a slot process has nothing to do with an engine that has it run something before it is furnished, or two of one number", async () => {
  for (const furnished of [false, true]) {
    const commands = new PretendedCommands();
    const [engineSide, slotSide] = duplexPair();
    const engine = new Connection<SlotMessage, SlotOrder>(engineSide, parseSlotMessage, {
      message: () => undefined,
      closed: () => undefined,
    });
    const worker = new SlotWorker(slotSide, {
      ...{ slot: 1, share: own, engineId: "id", coresPerSlot: 1, start: commands.start, bootSeconds: () => 0 },
      terms: { resources: [], threadEnv: false },
      kill: () => Promise.resolve(),
    });
    onTestFinished(() => void engineSide.destroy());
    const ended = worker.run();
    if (furnished) {
      engine.send({ type: "furnish", engine: 0, env: {} });
      engine.send({ type: "run", number: 1, item: task, attempt: 1 });
      await until(
        () => commands.started.length === 1,
        () => "the first",
      );
      commands.last.begin(47);
    }
    engine.send({ type: "run", number: 1, item: task, attempt: 1 });
    if (furnished) {
      await until(
        () => commands.last.isAbandoned,
        () => "that it hangs up",
      );
      commands.last.end(exited(0));
    }
    await ended;
    expect(commands.started).toHaveLength(furnished ? 1 : 0);
  }
});

test("orders and messages are checked where they arrive", () => {
  for (const wrong of [{ type: "run", attempt: 1 }, { type: "furnish", engine: 0, env: { A: 1 } }, { type: "hello" }]) {
    expect(() => parseSlotOrder(JSON.stringify(wrong))).toThrow("not a valid message");
  }
});

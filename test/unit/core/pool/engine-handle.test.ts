import { beforeEach, describe, expect, test } from "vitest";
import type { Assignment } from "../../../../src/domain/task.ts";
import { type EngineCall, EngineHandle } from "../../../../src/core/pool/engine-handle.ts";
import type { DriverMessage } from "../../../../src/wire/messages.ts";

const MIB = 1024 * 1024;

/** What an engine has received is safe so many looks at the clock later. */
const LOOKS = 3;

/** A way to an engine, and what has been said over it. */
class NotingCall implements EngineCall {
  readonly said: DriverMessage[] = [];
  closed = false;
  destroyed: { readonly reason?: string } | undefined;

  send(message: DriverMessage): void {
    this.said.push(message);
  }

  close(): void {
    this.closed = true;
  }

  destroy(reason?: string): void {
    this.destroyed = reason === undefined ? {} : { reason };
  }
}

let handle: EngineHandle;
let call: NotingCall;
beforeEach(() => {
  handle = new EngineHandle({ id: "one", rank: 0, node: "alpha", slots: 2, context: "SSH0" });
  call = new NotingCall();
  handle.reach(call);
});

describe("what an engine is given to run", () => {
  const assignment = (id: number, length: number): Assignment => ({
    task: { kind: "task", id, line: id + 1, repeatIndex: -1, command: "x".repeat(length) },
    attempt: 2,
    crashes: 1,
  });

  /** Ids of tasks, message by message. */
  const messages = (): number[][] =>
    call.said.map((message) => (message.type === "assign" ? message.assignments.map(({ task }) => task.id) : []));

  test("goes together when the commands are short, and says no word of earlier engines", () => {
    handle.assign([assignment(0, 10), assignment(1, 10), assignment(2, 10)]);
    expect(messages()).toEqual([[0, 1, 2]]);
    expect(call.said).toMatchObject([{ type: "assign" }]);
    expect(JSON.stringify(call.said)).not.toContain("crashes");
  });

  test("goes in several messages when they are long, in their order", () => {
    handle.assign([MIB, 10, MIB / 2, MIB / 2, MIB / 2].map((length, id) => assignment(id, length)));
    expect(messages()).toEqual([[0], [1, 2, 3], [4]]);
  });

  test("is no message when it is nothing", () => {
    handle.assign([]);
    expect(call.said).toEqual([]);
  });
});

describe("a result", () => {
  test("counts once, however often it comes", () => {
    expect([1, 2, 2, 1, 3].map((sequence) => handle.receive(sequence))).toEqual([true, true, false, false, true]);
  });

  test("is acknowledged some looks at the clock after it came, with all before it, and once", () => {
    handle.receive(1);
    handle.acknowledge();
    handle.receive(2);
    for (let look = 1; look < LOOKS; look++) handle.acknowledge();
    expect(call.said).toEqual([]);
    handle.acknowledge();
    expect(call.said).toEqual([{ type: "ack", sequence: 1 }]);
    for (let look = 0; look < 10; look++) handle.acknowledge();
    expect(call.said).toEqual([
      { type: "ack", sequence: 1 },
      { type: "ack", sequence: 2 },
    ]);
  });
});

describe("the way to an engine", () => {
  test("is the last one over which it has called, and an earlier one is closed", () => {
    const second = new NotingCall();
    handle.reach(second);
    expect(call.destroyed).toEqual({});
    expect([handle.isReachedBy(call), handle.isReachedBy(second)]).toEqual([false, true]);
    expect(handle.hungUp(call)).toBe(false);
    expect(handle.state).toBe("present");
    handle.send({ type: "recall" });
    expect([call.said, second.said]).toEqual([[], [{ type: "recall" }]]);
  });

  test("may be missing: what is said then is lost", () => {
    expect(handle.hungUp(call)).toBe(true);
    expect(handle.state).toBe("absent");
    handle.send({ type: "recall" });
    handle.refuse("whatever");
    handle.close();
    const second = new NotingCall();
    handle.silentFor = 7;
    handle.reach(second);
    expect([handle.state, handle.silentFor, second.said]).toEqual(["present", 0, []]);
  });

  test("does not bring an engine back that is gone", () => {
    handle.hungUp(call);
    for (const state of ["left", "lost"] as const) {
      handle.state = state;
      handle.reach(new NotingCall());
      expect([handle.state, handle.isGone]).toEqual([state, true]);
    }
  });

  test("is closed with a reason when the engine is refused", () => {
    handle.refuse("it lies");
    expect(call.destroyed).toEqual({ reason: "it lies" });
  });
});

test("what an engine says to run is news once, until something else runs in that slot", () => {
  const runs = (taskId: number, slot: number, attempt = 1) => ({ taskId, slot, attempt, start: 1 });
  expect([runs(0, 0), runs(1, 1), runs(0, 0)].map((task) => handle.noteStarted(task))).toEqual([true, true, false]);
  expect([runs(2, 0), runs(1, 1), runs(1, 1, 2)].map((task) => handle.noteStarted(task))).toEqual([true, false, true]);
});

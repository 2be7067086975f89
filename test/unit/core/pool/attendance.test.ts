import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { Attendance } from "../../../../src/core/pool/attendance.ts";
import { EngineHandle } from "../../../../src/core/pool/engine-handle.ts";
import type { DriverMessage } from "../../../../src/wire/messages.ts";

const LOOK_MS = 500;
/** Seconds. */
const LEASE = 10;
const HOUR_MS = 3_600_000;
const NOTHING = (): void => undefined;

let told: string[];
let attendance: Attendance;
let isSpare: boolean;
let looks: number;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date", "performance"] });
  told = [];
  isSpare = false;
  looks = 0;
  attendance = new Attendance(LEASE, {
    silent: ({ id }, reason) => void told.push(`${id} silent: ${reason}`),
    heard: ({ id }) => void told.push(`${id} heard`),
    expired: ({ id }, reason) => void told.push(`${id} expired: ${reason}`),
    isSpare: () => isSpare,
    looked: () => void looks++,
  });
  onTestFinished(() => {
    attendance.close();
    vi.useRealTimers();
  });
});

/** An engine that is being watched, and what it is told. */
function watch(id = "one") {
  const engine = new EngineHandle({ id, rank: 0, node: "alpha", slots: 2, context: "SSH0" });
  const said: DriverMessage[] = [];
  const call = { send: (message: DriverMessage) => void said.push(message), close: NOTHING, destroy: NOTHING };
  engine.reach(call);
  attendance.add(engine);
  return { engine, call, said };
}

function look(times = 1): void {
  vi.advanceTimersByTime(times * LOOK_MS);
}

describe("an engine whose connection stands", () => {
  test("is silent after more than half its lease, and given up four seconds after its end", () => {
    watch();
    look(10);
    expect(told).toEqual([]);
    look();
    expect(told).toEqual(["one silent: it gives no sign of life"]);
    look(17);
    expect(told).toHaveLength(1);
    look();
    expect(told[1]).toMatch(/^one expired: nothing has been heard of it for 1[45] s$/);
    look(1000);
    expect(told).toHaveLength(2);
  });

  test("is heard again as soon as it says something, which is told if its silence was", () => {
    const { engine } = watch();
    look(10);
    attendance.note(engine);
    expect(told).toEqual([]);
    look(11);
    attendance.note(engine);
    attendance.note(engine);
    expect(told.slice(1)).toEqual(["one heard"]);
    look(28);
    expect(told.slice(2)).toEqual(["one silent: it gives no sign of life"]);
  });

  test("is not taken for silent because the driver, or the whole machine, was frozen", () => {
    watch();
    look(5);
    vi.setSystemTime(Date.now() + HOUR_MS);
    look(3);
    vi.setSystemTime(Date.now() - 2 * HOUR_MS);
    look(2);
    expect(told).toEqual([]);
  });
});

describe("an engine whose connection is lost", () => {
  test("is worth a word when it is not back at once", () => {
    const { engine, call } = watch();
    engine.hungUp(call);
    look(2);
    expect(told).toEqual([]);
    look();
    expect(told).toEqual(["one silent: its connection is lost"]);
  });

  test("and is back soon is not", () => {
    const { engine, call } = watch();
    engine.hungUp(call);
    look(2);
    engine.reach({ ...call });
    look(3);
    expect(attendance.isBack(engine)).toBe(false);
    expect(told).toEqual([]);
  });

  test("is back when it has said where it stands, and not when it says something else", () => {
    const { engine, call } = watch();
    engine.hungUp(call);
    look(3);
    engine.mayRepeat = true;
    engine.reach({ ...call });
    attendance.note(engine);
    expect(told).toHaveLength(1);
    expect(attendance.isBack(engine)).toBe(true);
    expect(attendance.isBack(engine)).toBe(false);
    engine.mayRepeat = false;
    attendance.note(engine);
    expect(told).toHaveLength(1);
  });

  test("is not waited for when the run has no more use for it", () => {
    const { engine, call } = watch();
    isSpare = true;
    look(10);
    expect(told).toEqual([]);
    engine.hungUp(call);
    look(2);
    expect(told.map((one) => one.split(":", 1).join())).toEqual(["one silent", "one expired"]);
  });
});

test("each engine is looked at by itself, until it is removed", () => {
  const [one] = [watch("one"), watch("two"), watch("three")];
  look(6);
  attendance.note(one.engine);
  look(6);
  expect(told.map((text) => text.split(":", 1).join())).toEqual(["two silent", "three silent"]);
  const three = watch("four");
  attendance.remove(three.engine);
  attendance.remove(one.engine);
  look(100);
  expect(told.some((text) => /^(?:one|four)/.test(text))).toBe(false);
});

test("what an engine has said is acknowledged after some looks", () => {
  const { engine, said } = watch();
  engine.receive(1);
  look(3);
  expect(said).toEqual([]);
  look();
  expect(said).toEqual([{ type: "ack", sequence: 1 }]);
});

test("closed, it looks no more", () => {
  watch();
  attendance.close();
  expect(vi.getTimerCount()).toBe(0);
  look(1000);
  expect(told).toEqual([]);
});

test("each look is told once, however many engines there are", () => {
  watch("one");
  watch("two");
  look(3);
  expect(looks).toBe(3);
});

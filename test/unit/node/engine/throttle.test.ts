import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ThrottleTerms } from "../../../../src/domain/throttle.ts";
import { Throttle } from "../../../../src/node/engine/throttle.ts";

const GIBI = 1024 ** 3;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function throttleOf(terms: ThrottleTerms | undefined, host = { load: 0, memory: 8 * GIBI }) {
  const reasons: (string | undefined)[] = [];
  let proceeded = 0;
  const throttle = new Throttle({
    terms,
    readings: { cores: 4, load: () => host.load, availableMemory: () => host.memory },
    changed: (reason) => reasons.push(reason),
    proceed: () => proceeded++,
  });
  throttle.begin();
  const startAll = (): number => {
    let started = 0;
    for (; started < 100 && throttle.mayStart(); started++) throttle.started();
    return started;
  };
  return { throttle, host, reasons, startAll, proceeded: () => proceeded };
}

test("without terms every task may be started, and nobody looks", () => {
  const { startAll } = throttleOf(undefined);
  expect([startAll(), vi.getTimerCount()]).toEqual([100, 0]);
});

test("a delay lies between two starts, and whoever waits is told when it is over", () => {
  const { startAll, proceeded } = throttleOf({ delay: 0.5 });
  expect([startAll(), startAll(), vi.getTimerCount()]).toEqual([1, 0, 1]);
  vi.advanceTimersByTime(499);
  expect(proceeded()).toBe(0);
  vi.advanceTimersByTime(1);
  expect([proceeded(), startAll()]).toEqual([1, 1]);
});

describe("the load of the host", () => {
  test("holds tasks back while it is too high, which is told once each way", () => {
    const { startAll, host, reasons } = throttleOf({ maxLoad: { most: 3, ofCores: false } }, { load: 3, memory: 0 });
    expect(startAll()).toBe(0);
    vi.advanceTimersByTime(5000);
    host.load = 7;
    vi.advanceTimersByTime(5000);
    expect(reasons).toEqual(["the load is 3.0, of 3 at most"]);
    host.load = 1.5;
    vi.advanceTimersByTime(1000);
    expect(reasons).toEqual(["the load is 3.0, of 3 at most", undefined]);
    expect(startAll()).toBe(2);
  });

  test("may be told as a part of the cores", () => {
    const { startAll } = throttleOf({ maxLoad: { most: 0.5, ofCores: true } });
    expect(startAll()).toBe(2);
  });

  test("counts what has been started and does not show yet, for as long as it runs", () => {
    const { startAll, throttle, host } = throttleOf({ maxLoad: { most: 4, ofCores: false } });
    expect(startAll()).toBe(4);
    vi.advanceTimersByTime(30_000);
    // The average has seen what is missing in the other number.
    host.load = 4 * (1 - Math.exp(-0.5));
    vi.advanceTimersByTime(1000);
    expect(startAll()).toBeLessThanOrEqual(1);
    for (let i = 0; i < 4; i++) throttle.ended(31);
    host.load = 0;
    vi.advanceTimersByTime(1000);
    expect(startAll()).toBeGreaterThanOrEqual(3);
  });

  test("leaves short tasks alone, however many of them have been started", () => {
    const { throttle } = throttleOf({ maxLoad: { most: 4, ofCores: false } });
    let started = 0;
    for (; started < 10_000 && throttle.mayStart(); started++) {
      throttle.started();
      throttle.ended(0.001);
    }
    expect(started).toBe(10_000);
  });
});

test("memory of the host that is short holds tasks back", () => {
  const { startAll, host, reasons, proceeded } = throttleOf({ minFreeMemory: 2 * GIBI });
  expect(startAll()).toBe(100);
  host.memory = 1.5 * GIBI;
  vi.advanceTimersByTime(1000);
  expect([reasons, startAll()]).toEqual([["1.5 GiB of memory are available, of 2.0 GiB at least"], 0]);
  const before = proceeded();
  host.memory = 2 * GIBI;
  vi.advanceTimersByTime(1000);
  expect([reasons.at(-1), proceeded() > before, startAll()]).toEqual([undefined, true, 100]);
});

test("closed, it looks no more", () => {
  const { throttle, startAll } = throttleOf({ delay: 1, minFreeMemory: 1 });
  startAll();
  startAll();
  throttle.close();
  expect(vi.getTimerCount()).toBe(0);
});

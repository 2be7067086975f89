import { beforeEach, expect, test } from "vitest";
import { Lease } from "../../../../src/node/engine/lease.ts";

/** Seconds. */
const SECONDS = 60;
const BORN = 1000;

let lease: Lease;
beforeEach(() => (lease = new Lease(SECONDS, BORN)));

test("a lease is good for its time from the beginning", () => {
  expect(lease.ends).toBe(BORN + SECONDS);
  expect([lease.hasEnded(BORN + SECONDS - 0.01), lease.hasEnded(BORN + SECONDS)]).toEqual([false, true]);
});

test("an answer makes it good for that time from when the sign of life was given, and not from when it is answered", () => {
  const number = lease.beat(BORN + 10);
  expect(lease.answered(number)).toBe(true);
  expect(lease.ends).toBe(BORN + 10 + SECONDS);
});

test("an answer to a later sign of life stands for those before, and what comes late or twice is no news", () => {
  const [first, second] = [lease.beat(BORN + 10), lease.beat(BORN + 20)];
  expect(lease.answered(second)).toBe(true);
  expect([lease.answered(first), lease.answered(second), lease.answered(99)]).toEqual([false, false, false]);
  expect(lease.ends).toBe(BORN + 20 + SECONDS);
});

test("answers in their order move it on step by step", () => {
  const [first, second] = [lease.beat(BORN + 10), lease.beat(BORN + 20)];
  expect([lease.answered(first), lease.ends]).toEqual([true, BORN + 10 + SECONDS]);
  expect([lease.answered(second), lease.ends]).toEqual([true, BORN + 20 + SECONDS]);
});

test("a sign of life is due six times in a lease, the first at once", () => {
  expect(lease.isDue(BORN)).toBe(true);
  lease.beat(BORN);
  expect([lease.isDue(BORN + 9.99), lease.isDue(BORN + 10)]).toEqual([false, true]);
});

test("what was sent over a lost connection is not waited for, and the next one is due at once", () => {
  const number = lease.beat(BORN + 10);
  lease.forgetSent();
  expect(lease.answered(number)).toBe(false);
  expect(lease.ends).toBe(BORN + SECONDS);
  expect(lease.isDue(BORN + 10)).toBe(true);
  expect(lease.beat(BORN + 11)).toBe(number + 1);
});

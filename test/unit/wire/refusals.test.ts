import { expect, test } from "vitest";
import { Refusals } from "../../../src/wire/refusals.ts";

/** What is told of so many refusals. */
function toldOf(count: number) {
  const told: (readonly [address: string, why: string, callers: number])[] = [];
  const refusals = new Refusals((...refusal) => told.push(refusal));
  for (let i = 0; i < count; i++) refusals.add("192.0.2.1", `reason ${i}`);
  const pass = (ticks: number): void => {
    for (let i = 0; i < ticks; i++) refusals.tick();
  };
  return { told, refusals, pass };
}

test("a few are told of one by one, at once", () => {
  const { told, pass } = toldOf(2);
  expect(told).toEqual([
    ["192.0.2.1", "reason 0", 1],
    ["192.0.2.1", "reason 1", 1],
  ]);
  pass(1000);
  expect(told).toHaveLength(2);
});

test("of many the rest is counted, and told of once in a while", () => {
  const { told, refusals, pass } = toldOf(1_000_000);
  expect(told).toHaveLength(20);
  pass(19);
  expect(told).toHaveLength(20);
  pass(1);
  expect(told.slice(20)).toEqual([["various addresses", "the last of them: reason 999999", 999_980]]);
  refusals.add("192.0.2.2", "again");
  expect(told.at(-1)).toEqual(["192.0.2.2", "again", 1]);
});

test("none is forgotten when the listening ends", () => {
  const { told, refusals } = toldOf(21);
  refusals.flush();
  refusals.flush();
  expect(told.slice(20)).toEqual([["various addresses", "the last of them: reason 20", 1]]);
});

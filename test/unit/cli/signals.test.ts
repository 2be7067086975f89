import { expect, onTestFinished, test } from "vitest";
import { obeySignals } from "../../../src/cli/signals.ts";

/** What signals have made of a run; the process is not really sent any. */
function obey(onTerminal = true): { deeds: unknown[][]; stop: () => void } {
  const deeds: unknown[][] = [];
  const run = {
    drain: (...args: unknown[]) => void deeds.push(["drain", ...args]),
    terminate: (...args: unknown[]) => void deeds.push(["terminate", ...args]),
  };
  const stop = obeySignals(run, onTerminal);
  onTestFinished(stop);
  return { deeds, stop };
}

test("Ctrl-C drains, the second one ends tasks, the third one at once", () => {
  const { deeds } = obey();
  for (let i = 0; i < 4; i++) process.emit("SIGINT");
  expect(deeds).toEqual([
    ["drain", "interrupted"],
    ["terminate", "interrupted"],
    ["terminate", "interrupted", 0],
    ["terminate", "interrupted", 0],
  ]);
});

test.each(["SIGTERM", "SIGHUP"] as const)("%s ends tasks", (signal) => {
  const { deeds } = obey();
  process.emit(signal);
  expect(deeds).toEqual([["terminate", "terminated"]]);
});

test("a terminal that goes away is nothing to a run without one", () => {
  const { deeds } = obey(false);
  process.emit("SIGHUP");
  expect(deeds).toEqual([]);
});

test("afterwards signals mean what they usually do", () => {
  const before = process.listenerCount("SIGINT");
  const { deeds, stop } = obey();
  expect(process.listenerCount("SIGINT")).toBe(before + 1);
  stop();
  expect([process.listenerCount("SIGINT"), deeds]).toEqual([before, []]);
});

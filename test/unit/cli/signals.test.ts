import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { obeySignals, type SlurmSignals } from "../../../src/cli/signals.ts";

/** What signals have made of a run; the process is not really sent any. */
function obey(onTerminal = true, slurm?: SlurmSignals, isDraining = false): { deeds: unknown[][]; stop: () => void } {
  const deeds: unknown[][] = [];
  const run = {
    get isDraining() {
      return isDraining || deeds.length > 0;
    },
    drain: (...args: unknown[]) => void deeds.push(["drain", ...args]),
    terminate: (...args: unknown[]) => void deeds.push(["terminate", ...args]),
  };
  const stop = obeySignals(run, onTerminal, slurm);
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

test.each(["SIGUSR1", "SIGUSR2"] as const)("%s is like the first Ctrl-C, and no second one", (signal) => {
  const { deeds } = obey();
  for (const name of [signal, signal, "SIGINT", "SIGINT"] as const) process.emit(name, name);
  expect(deeds).toEqual([
    ["drain", "interrupted"],
    ["drain", "interrupted"],
    ["terminate", "interrupted"],
    ["terminate", "interrupted", 0],
  ]);
});

test("Ctrl-C ends tasks at once where something else has seen to it that nothing new starts", () => {
  const { deeds } = obey(true, undefined, true);
  process.emit("SIGINT");
  expect(deeds).toEqual([["terminate", "interrupted"]]);
});

const IN_SLURM: SlurmSignals = { killWait: () => 30, warned: () => undefined };

describe("in a Slurm job", () => {
  afterEach(() => void vi.useRealTimers());

  test("SIGTERM drains, and ends tasks while there is time to tell", () => {
    vi.useFakeTimers();
    const { deeds } = obey(true, IN_SLURM);
    process.emit("SIGTERM");
    expect(deeds).toEqual([["drain", "terminated"]]);
    vi.advanceTimersByTime(15_000);
    expect(deeds[1]).toEqual(["terminate", "terminated", 6]);
  });

  test("a second SIGTERM does not wait", () => {
    vi.useFakeTimers();
    const { deeds, stop } = obey(true, IN_SLURM);
    process.emit("SIGTERM");
    process.emit("SIGTERM");
    expect(deeds[1]).toEqual(["terminate", "terminated"]);
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("SIGUSR1 is a warning", () => {
    const warned: NodeJS.Signals[] = [];
    const { deeds } = obey(true, { ...IN_SLURM, warned: (signal) => warned.push(signal) });
    process.emit("SIGUSR1", "SIGUSR1");
    expect(deeds).toEqual([["drain", "out-of-time"]]);
    expect(warned).toEqual(["SIGUSR1"]);
  });
});

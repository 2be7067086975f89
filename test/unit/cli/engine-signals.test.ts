import { afterEach, expect, test } from "vitest";
import { EngineSignals } from "../../../src/cli/engine-signals.ts";

const NAMES = ["SIGTERM", "SIGUSR1", "SIGUSR2", "SIGINT", "SIGHUP"] as const;
const before = new Map(NAMES.map((name) => [name, process.listeners(name)]));

afterEach(() => {
  for (const name of NAMES) {
    for (const listener of process.listeners(name)) {
      if (before.get(name)?.includes(listener) !== true) process.off(name, listener);
    }
  }
});

/** What signals have made of an engine; the process is not really sent any. */
function obey(shared: boolean) {
  const deeds: unknown[][] = [];
  const signals = new EngineSignals(shared);
  const engine = {
    drain: (...args: unknown[]) => void deeds.push(["drain", ...args]),
    terminate: (...args: unknown[]) => void deeds.push(["terminate", ...args]),
    noteSignal: (...args: unknown[]) => void deeds.push(["note", ...args]),
  };
  return { deeds, begin: () => signals.obeyedBy(engine) };
}

test("SIGTERM calls an engine away, and a second one does not wait for what runs", () => {
  const { deeds, begin } = obey(false);
  begin();
  process.emit("SIGTERM");
  process.emit("SIGTERM");
  expect(deeds).toEqual([
    ["drain", "SIGTERM received"],
    ["terminate", 10, "SIGTERM received again"],
  ]);
});

test("where Slurm says everything more than once a second SIGTERM ends nothing; SIGINT does", () => {
  const { deeds, begin } = obey(true);
  begin();
  for (const name of ["SIGUSR1", "SIGTERM", "SIGTERM", "SIGINT"] as const) process.emit(name);
  expect(deeds).toEqual([
    ["drain", "SIGUSR1 received"],
    ["note", "SIGTERM"],
    ["note", "SIGTERM"],
    ["terminate", 10, "SIGINT received"],
  ]);
});

test("signals that come before there is an engine are kept for it, and SIGHUP means nothing", () => {
  const { deeds, begin } = obey(false);
  process.emit("SIGUSR2");
  process.emit("SIGHUP");
  process.emit("SIGUSR2");
  expect(deeds).toEqual([]);
  begin();
  expect(deeds).toEqual([
    ["drain", "SIGUSR2 received"],
    ["note", "SIGUSR2"],
  ]);
});

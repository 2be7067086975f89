import { afterEach, describe, expect, test, vi } from "vitest";
import type { EngineProcess, Invite, Launcher } from "../../../src/domain/launcher.ts";
import { duplexPair } from "node:stream";
import { EngineHandle } from "../../../src/driver/engine-handle.ts";
import { EngineRegistry } from "../../../src/driver/engine-registry.ts";

afterEach(() => void vi.useRealTimers());

const NEVER: Invite = () => new Promise(() => undefined);

/** The process of an engine, which ends when the test says so, or when it is killed. */
function makeProcess(id: string) {
  let end: (reason?: string) => void = () => undefined;
  const ended = new Promise<string | undefined>((resolve) => (end = resolve));
  const kill = vi.fn<() => Promise<boolean>>(() => {
    end("killed");
    return Promise.resolve(true);
  });
  return { id, node: "alpha", slots: 1, ended, kill, end: (reason?: string) => end(reason) };
}

function makeRegistry(...processes: readonly EngineProcess[]) {
  const missing: [node: string, reason: string][] = [];
  const registry = new EngineRegistry({ missing: (...args) => void missing.push(args), late: () => undefined });
  const launcher: Launcher = { context: { label: "SSH0", nodes: [], taskLimit: 0 }, launch: () => processes };
  expect(registry.launch(launcher, NEVER)).toBe(processes.length);
  return { registry, launcher, missing };
}

/** The driver's half of an engine that has named this id. */
function makeHandle(id: string): EngineHandle {
  const handle = new EngineHandle(duplexPair()[0], { message: () => undefined, closed: () => undefined });
  handle.id = id;
  return handle;
}

test("an engine that was launched may join, once, and a stranger may not", () => {
  const { registry, launcher } = makeRegistry(makeProcess("one"));
  expect(registry.join(makeHandle("stranger"))).toBeUndefined();
  expect(registry.join(makeHandle("one"))?.launcher).toBe(launcher);
  expect(registry.join(makeHandle("one"))).toBeUndefined();
});

test("an engine is missing when its process ends before it has joined, and not afterwards", async () => {
  const [one, two, three] = [makeProcess("one"), makeProcess("two"), makeProcess("three")];
  const { registry, missing } = makeRegistry(one, two, three);
  registry.join(makeHandle("three"));
  one.end("no bash");
  two.end();
  three.end("too late");
  await Promise.all([one.ended, two.ended, three.ended]);
  expect(missing).toEqual([
    ["alpha", "no bash"],
    ["alpha", "it ended before it joined the run"],
  ]);
});

test("an engine that has been given up as missing is not let in any more", async () => {
  const process = makeProcess("one");
  const { registry, missing } = makeRegistry(process);
  process.end("its connection closed");
  await process.ended;
  expect(missing).toHaveLength(1);
  expect(registry.join(makeHandle("one"))).toBeUndefined();
});

describe("at the end of the run", () => {
  test("an engine that has left may take a moment to be gone, and one that has not joined is killed", async () => {
    const [left, late] = [makeProcess("left"), makeProcess("late")];
    const { registry, missing } = makeRegistry(left, late);
    registry.join(makeHandle("left"));
    const closed = registry.close();
    left.end();
    await closed;
    expect([left.kill.mock.calls.length, late.kill.mock.calls.length]).toEqual([0, 1]);
    expect(missing).toEqual([]);
  });

  test("an engine that has left and lingers is killed", async () => {
    vi.useFakeTimers();
    const lingering = makeProcess("lingering");
    const { registry } = makeRegistry(lingering);
    registry.join(makeHandle("lingering"));
    const closed = registry.close();
    await vi.advanceTimersByTimeAsync(4_999);
    expect(lingering.kill).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await closed;
    expect(lingering.kill).toHaveBeenCalledTimes(1);
  });
});

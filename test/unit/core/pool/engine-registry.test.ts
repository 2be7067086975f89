import { afterEach, describe, expect, test, vi } from "vitest";
import type { EngineProcess, Invite, Launcher, ProcessEnd } from "../../../../src/domain/launcher.ts";
import { EngineHandle } from "../../../../src/core/pool/engine-handle.ts";
import { EngineRegistry } from "../../../../src/core/pool/engine-registry.ts";

afterEach(() => void vi.useRealTimers());

const NEVER: Invite = () => new Promise(() => undefined);
const NODE = { node: "alpha", slots: 1, coresPerSlot: 1 };

/** The process of an engine, which ends when the test says so, or when it is killed. */
function makeProcess(id: string) {
  let resolve: (end: ProcessEnd) => void = () => undefined;
  const ended = new Promise<ProcessEnd>((done) => (resolve = done));
  const end = (reason?: string, certain = true): void =>
    resolve({ certain, ...(reason === undefined ? {} : { reason }) });
  const kill = vi.fn<() => Promise<boolean>>(() => {
    end("killed");
    return Promise.resolve(true);
  });
  return { id, node: "alpha", slots: 1, ended, kill, end };
}

/** A registry with these processes, each of which has been started. */
function makeRegistry(...processes: readonly EngineProcess[]) {
  const missing: [id: string, reason: string][] = [];
  const gone: number[] = [];
  const late: string[] = [];
  const registry = new EngineRegistry({
    missing: ({ process }, reason) => void missing.push([process.id, reason]),
    ended: ({ rank }) => void gone.push(rank),
    late: (message) => void late.push(message),
  });
  const toStart = [...processes];
  const launcher: Launcher = {
    context: { label: "SSH0", nodes: [NODE], taskLimit: 0 },
    start: () => toStart.shift(),
    adopt: (_node, { id }) => {
      const process = processes.find((one) => one.id === id);
      if (process === undefined) throw new Error(`no process ${id}`);
      return process;
    },
  };
  const start = (): boolean => registry.start(launcher, NODE, NEVER, false);
  return { registry, launcher, missing, gone, late, start };
}

/** The same, and all of them are started. */
function startRegistry(...processes: readonly EngineProcess[]) {
  const made = makeRegistry(...processes);
  for (const _ of processes) expect(made.start()).toBe(true);
  expect(made.start()).toBe(false);
  return made;
}

let nextRank = 0;

/** The engine of this id has joined. */
function join(registry: EngineRegistry, id: string): EngineHandle {
  const entry = registry.find(id);
  if (entry === undefined) throw new Error(`nothing was started as ${id}`);
  const handle = new EngineHandle({ id, rank: nextRank++, node: "alpha", slots: 2, context: "SSH0" });
  entry.handle = handle;
  return handle;
}

test("an engine that was started is known by its id, and a stranger is not", () => {
  const { registry, launcher } = startRegistry(makeProcess("one"));
  expect(registry.find("stranger")).toBeUndefined();
  expect(registry.find("one")).toMatchObject({ launcher, node: NODE });
});

test("an engine is missing when its process ends before it has joined, and not afterwards", async () => {
  const [one, two, three] = [makeProcess("one"), makeProcess("two"), makeProcess("three")];
  const { registry, missing, gone } = startRegistry(one, two, three);
  const { rank } = join(registry, "three");
  expect(registry.awaited()).toEqual(["alpha", "alpha"]);
  one.end("no bash");
  two.end();
  three.end("out of memory");
  await Promise.all([one.ended, two.ended, three.ended]);
  expect(missing).toEqual([
    ["one", "no bash"],
    ["two", "it ended before it joined the run"],
  ]);
  expect(gone).toEqual([rank]);
  expect(registry.awaited()).toEqual([]);
  expect(["one", "two", "three"].map((id) => registry.find(id)?.missing)).toEqual([true, true, undefined]);
});

test("an engine of which nothing more can be heard has not ended for that", async () => {
  const one = makeProcess("one");
  const { registry, gone } = startRegistry(one);
  join(registry, "one");
  one.end("the connection to it is lost", false);
  await one.ended;
  expect(gone).toEqual([]);
  expect(registry.find("one")?.end).toEqual({ certain: false, reason: "the connection to it is lost" });
});

test("an engine of an earlier driver counts as one that has joined", async () => {
  const one = makeProcess("one");
  const { registry, launcher, missing, gone } = makeRegistry(one);
  const engine = { id: "one", rank: 7, node: "alpha", pid: 4711, slots: 1, context: "SSH0" };
  registry.adopt(launcher, NODE, engine, new EngineHandle(engine));
  expect(registry.awaited()).toEqual([]);
  one.end();
  await one.ended;
  expect([missing, gone]).toEqual([[], [7]]);
});

test("an engine that has not joined after a minute is worth a word, and one that has is not", async () => {
  vi.useFakeTimers();
  const { registry, late } = startRegistry(makeProcess("one"), makeProcess("two"));
  join(registry, "one");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(late).toEqual(["the engine on alpha was started a minute ago and has not joined yet"]);
});

describe("to kill an engine", () => {
  test("tells why its process has ended, and whether it is known to have", async () => {
    const [one, two] = [makeProcess("one"), makeProcess("two")];
    const { registry } = startRegistry(one, two);
    two.kill.mockResolvedValue(false);
    two.end();
    expect(await registry.kill(join(registry, "one"))).toEqual({ certain: true, reason: "killed" });
    expect(await registry.kill(join(registry, "two"))).toEqual({ certain: false });
  });

  test("does not wait for ever for its end to be heard of", async () => {
    vi.useFakeTimers();
    const one = makeProcess("one");
    const { registry } = startRegistry(one);
    one.kill.mockResolvedValue(true);
    const killed = registry.kill(join(registry, "one"));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await killed).toEqual({ certain: true });
  });

  test("that nobody has started is in vain", async () => {
    const { registry } = startRegistry();
    const stranger = new EngineHandle({ id: "stranger", rank: 0, node: "alpha", slots: 2, context: "SSH0" });
    expect(await registry.kill(stranger)).toEqual({ certain: false });
  });
});

test("of a context that is stopped those engines are ended that have not joined", () => {
  const [joined, waiting] = [makeProcess("joined"), makeProcess("waiting")];
  const { registry } = startRegistry(joined, waiting);
  join(registry, "joined");
  registry.endMissing("another");
  expect(waiting.kill).not.toHaveBeenCalled();
  registry.endMissing("SSH0");
  expect([joined.kill.mock.calls.length, waiting.kill.mock.calls.length]).toEqual([0, 1]);
});

describe("at the end of the run", () => {
  test("an engine that has left may take a moment to be gone, and one that has not is killed", async () => {
    const [left, late, lost] = [makeProcess("left"), makeProcess("late"), makeProcess("lost")];
    const { registry, missing, gone } = startRegistry(left, late, lost);
    join(registry, "left").state = "left";
    join(registry, "lost").state = "lost";
    const closed = registry.close();
    left.end();
    await closed;
    expect([left, late, lost].map(({ kill }) => kill.mock.calls.length)).toEqual([0, 1, 1]);
    expect([missing, gone]).toEqual([[], []]);
  });

  test("an engine that has left and lingers is killed", async () => {
    vi.useFakeTimers();
    const lingering = makeProcess("lingering");
    const { registry } = startRegistry(lingering);
    join(registry, "lingering").state = "left";
    const closed = registry.close();
    await vi.advanceTimersByTimeAsync(4_999);
    expect(lingering.kill).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await closed;
    expect(lingering.kill).toHaveBeenCalledTimes(1);
  });
});

test("an end that was uncertain counts when it has become certain", async () => {
  let confirm: () => void = () => undefined;
  const confirmed = new Promise<void>((resolve) => (confirm = resolve));
  const one = { ...makeProcess("one"), confirmed };
  const { registry, gone } = startRegistry(one);
  const { rank } = join(registry, "one");
  one.end("the connection is lost", false);
  await one.ended;
  await Promise.resolve();
  expect(gone).toEqual([]);
  confirm();
  await vi.waitFor(() => expect(gone).toEqual([rank]));
  expect(registry.find("one")?.end).toMatchObject({ certain: true, reason: "the connection is lost" });
});

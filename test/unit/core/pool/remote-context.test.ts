import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { EngineProcess } from "../../../../src/domain/launcher.ts";
import { RemoteContext } from "../../../../src/core/pool/remote-context.ts";
import type { DriverAnswer } from "../../../../src/wire/control-messages.ts";

const NODES = ["alpha", "beta"].map((node) => ({ node, slots: 3, coresPerSlot: 1 }));
const [ALPHA, BETA] = NODES;
if (ALPHA === undefined || BETA === undefined) throw new Error("two nodes");
const [alpha, beta] = [ALPHA, BETA];

/** Longer than a controller may be away, and than it may take to end an engine. */
const LONG_MS = 15_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
});

/** A context, and what its controller has been told. */
function setUp() {
  const context = new RemoteContext({ label: "SSH1", nodes: NODES, taskLimit: 0 });
  const told: DriverAnswer[] = [];
  const say = (answer: DriverAnswer): void => void told.push(answer);
  return { context, told, say };
}

/** The same with a controller that has started an engine on the first node. */
function setUpEngine() {
  const { context, told, say } = setUp();
  context.attach(say);
  const engine = context.start(alpha);
  if (engine === undefined) throw new Error("no engine");
  told.splice(0);
  return { context, told, say, engine };
}

/** What has come of it so far. */
function soFar<T>(promise: Promise<T>): Promise<T | "nothing"> {
  return Promise.race([promise, Promise.resolve("nothing" as const)]);
}

test("its controller is told which engines to start where, also in place of another", () => {
  const { context, told, say } = setUp();
  context.attach(say);
  const engines = [context.start(beta), context.start(alpha), context.start(beta)];
  expect(engines.map((engine) => [engine?.node, engine?.slots])).toEqual([
    ["beta", 3],
    ["alpha", 3],
    ["beta", 3],
  ]);
  expect(told).toEqual(engines.map((engine, i) => ({ type: "start-engine", id: engine?.id, node: i === 1 ? 0 : 1 })));
  expect(new Set(engines.map((engine) => engine?.id)).size).toBe(3);
});

test("nothing can be started without a controller, nor on a node of another context", () => {
  const { context, say } = setUp();
  expect(context.start(alpha)).toBeUndefined();
  context.attach(say);
  expect(context.start({ ...alpha })).toBeUndefined();
  context.detach(say);
  expect(context.start(alpha)).toBeUndefined();
});

test("its controller hears of its engines alone", () => {
  const { context, told, engine } = setUpEngine();
  context.noteJoined(engine.id, 4, 2);
  context.over(engine);
  context.noteJoined("another", 5, 1);
  context.over({ id: "another" });
  expect(told).toEqual([
    { type: "engine-joined", id: engine.id, rank: 4, slots: 2 },
    { type: "engine-over", id: engine.id },
  ]);
});

test("the end of an engine is what the controller says, the first time", async () => {
  const { context, engine } = setUpEngine();
  expect(await soFar(engine.ended)).toBe("nothing");
  context.noteEnd("another", { certain: true });
  context.noteEnd(engine.id, { certain: true, reason: "out of memory" });
  context.noteEnd(engine.id, { certain: false });
  expect(await engine.ended).toEqual({ certain: true, reason: "out of memory" });
});

describe("to kill an engine", () => {
  test.each([true, false])("has the controller do it, who knows whether it is done: %j", async (certain) => {
    const { context, told, engine } = setUpEngine();
    const killed = engine.kill();
    expect(told).toEqual([{ type: "end-engine", id: engine.id }]);
    context.noteEnd(engine.id, { certain: true });
    expect(await soFar(killed)).toBe("nothing");
    context.noteKilled(engine.id, certain);
    expect(await killed).toBe(certain);
  });

  test("once more asks once more", async () => {
    const { context, told, engine } = setUpEngine();
    const first = engine.kill();
    context.noteKilled(engine.id, false);
    expect(await first).toBe(false);
    const second = engine.kill();
    context.noteKilled(engine.id, true);
    expect(await second).toBe(true);
    expect(told).toHaveLength(2);
  });

  test("is not known to have worked when there is no controller, or it does not answer, or is gone before", async () => {
    const { context, say, engine } = setUpEngine();
    const unanswered = engine.kill();
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(await unanswered).toBe(false);
    const interrupted = engine.kill();
    context.detach(say);
    expect(await interrupted).toBe(false);
    expect(await engine.kill()).toBe(false);
  });
});

describe("a controller that is gone", () => {
  test("may come back, and what it has to tell then counts", async () => {
    const { context, say, engine } = setUpEngine();
    context.detach(say);
    await vi.advanceTimersByTimeAsync(5_000);
    context.attach(say, [engine.id]);
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(await soFar(engine.ended)).toBe("nothing");
    context.noteEnd(engine.id, { certain: true });
    expect(await engine.ended).toEqual({ certain: true });
  });

  test("is not waited for long, and then nothing is known of its engines", async () => {
    const { context, say, engine } = setUpEngine();
    context.detach(say);
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(await engine.ended).toMatchObject({ certain: false });
  });

  test("is not waited for at all for the sake of an engine that is no more", async () => {
    const { context, say, engine } = setUpEngine();
    const other = context.start(beta);
    context.over(engine);
    context.detach(say);
    expect(await engine.ended).toMatchObject({ certain: false });
    context.over({ id: other?.id ?? "" });
    expect(await other?.ended).toMatchObject({ certain: false });
  });

  test("has never heard of what it does not know when it comes back", async () => {
    const { context, say, engine } = setUpEngine();
    context.detach(say);
    context.attach(say, ["another"]);
    expect(await engine.ended).toMatchObject({ certain: true });
  });

  test("is not missed when another speaks for the context by then", async () => {
    const { context, say, engine } = setUpEngine();
    const told: DriverAnswer[] = [];
    context.attach((answer) => told.push(answer), [engine.id]);
    context.detach(say);
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(await soFar(engine.ended)).toBe("nothing");
    void engine.kill();
    expect(told).toEqual([{ type: "end-engine", id: engine.id }]);
  });
});

describe("an engine that an earlier driver had started", () => {
  function adopted(): { readonly context: RemoteContext; readonly engine: EngineProcess } {
    const { context } = setUp();
    return { context, engine: context.adopt(beta, { id: "its id" }) };
  }

  test("is spoken for by its controller, if that comes in time", async () => {
    const { context, engine } = adopted();
    expect(engine).toMatchObject({ id: "its id", node: "beta", slots: 3 });
    context.attach(() => undefined, ["its id"]);
    await vi.advanceTimersByTimeAsync(LONG_MS);
    context.noteEnd("its id", { certain: true, reason: "SIGKILL" });
    expect(await engine.ended).toEqual({ certain: true, reason: "SIGKILL" });
  });

  test("is out of sight when no controller comes", async () => {
    const { engine } = adopted();
    expect(await engine.kill()).toBe(false);
    expect(await soFar(engine.ended)).toBe("nothing");
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(await engine.ended).toMatchObject({ certain: false });
  });
});

test("a controller may say unasked that nothing is left of an engine, which holds when it is gone, too", async () => {
  const { context, engine, say, told } = setUpEngine();
  context.noteEnd(engine.id, { certain: false, reason: "the connection to alpha is lost" });
  expect(await soFar(engine.confirmed ?? Promise.resolve())).toBe("nothing");
  context.noteKilled(engine.id, true);
  await engine.confirmed;
  context.detach(say);
  expect(await engine.kill()).toBe(true);
  expect(told).toEqual([]);
});

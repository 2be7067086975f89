import { describe, expect, test } from "vitest";
import type { Contact } from "../../../src/wire/contact.ts";
import type { StreamItem } from "../../../src/domain/task.ts";
import { type DrivenRun, engineOf, perEngine, startRun, task } from "./driven-run.ts";
import { PretendedController } from "./pretended-controller.ts";
import { PretendedEngine } from "./pretended-engine.ts";

interface Pool extends DrivenRun {
  readonly contact: Promise<Contact>;
}

/** A run that can be found by controllers; without engines of its own unless told otherwise. */
function startPool(items: readonly StreamItem[], options: Parameters<typeof startRun>[1] = {}): Pool {
  let found: (contact: Contact) => void = () => undefined;
  const contact = new Promise<Contact>((resolve) => (found = resolve));
  const run = startRun(items, { engineCount: 0, waitForEngines: true, onContact: (where) => found(where), ...options });
  return { ...run, contact };
}

/** An engine that a controller has brought under this id. */
function broughtEngine(id: string, invitation: Parameters<PretendedEngine["invited"]>[0]): PretendedEngine {
  const engine = new PretendedEngine(id);
  engine.invited(invitation);
  return engine;
}

/** A controller that has brought hosts, on the first of which an engine has joined and holds the first task. */
async function bringBusyEngine(
  run: Pool,
  options: { taskLimit?: number; nodes?: readonly string[]; slots?: number } = {},
) {
  const { nodes = ["n1"], slots = 1, ...rest } = options;
  const controller = await PretendedController.greet(await run.contact);
  const { label, invitation } = await controller.bring(nodes, rest);
  const engine = broughtEngine("n1", Promise.resolve(invitation));
  await engine.join(slots);
  expect(await engine.assigned()).toEqual([0]);
  return { controller, label, invitation, engine };
}

describe("a controller", () => {
  test("is told what a context has to know, and where the run stands", async () => {
    const run = startPool([task(0)], {
      contextDefaults: { cwd: "/w", prefix: "/p", logLevel: "INFO", resources: ["X"] },
    });
    const controller = await PretendedController.call(await run.contact);
    controller.say({ type: "hello", protocol: 1 });
    const { type: _, ...defaults } = await controller.next("welcome");
    expect(defaults).toEqual({ cwd: "/w", prefix: "/p", logLevel: "INFO", resources: ["X"] });
    controller.say({ type: "status" });
    const { snapshot } = await controller.next("status");
    expect(snapshot).toMatchObject({ jobId: "run", host: "alpha", phase: "running", engines: [] });
    expect(snapshot.contexts).toEqual([{ label: "SSH0", nodes: ["alpha"], stopped: false }]);
  });

  test("of another protocol is refused in words", async () => {
    const run = startPool([task(0)]);
    const controller = await PretendedController.call(await run.contact);
    controller.say({ type: "hello", protocol: 99 });
    expect(await controller.next("refused")).toMatchObject({ code: "wrong-protocol" });
  });

  test("that does not say hello first is hung up on", async () => {
    const run = startPool([task(0)]);
    const controller = await PretendedController.call(await run.contact);
    controller.say({ type: "stop-run" });
    await controller.closed;
    expect(run.reporter.ofType("run-draining")).toEqual([]);
  });

  test("with an engine's certificate is no controller", async () => {
    const run = startPool([task(0)]);
    const contact = await run.contact;
    const helper = await PretendedController.greet(contact);
    const { invitation } = await helper.bring(["n1"]);
    const intruder = await PretendedController.call({ ...contact, here: invitation });
    intruder.say({ type: "hello", protocol: 1 });
    await intruder.closed;
    expect(intruder.heard).toEqual([]);
  });
});

describe("a context that a controller brings", () => {
  test("runs the start commands first, then tasks, and hears of its engines and of the end", async () => {
    const run = startPool([perEngine("start"), task(0)]);
    const controller = await PretendedController.greet(await run.contact);
    const { label, invitation } = await controller.bring(["n1"]);
    expect(label).toBe("SSH1");
    const engine = broughtEngine("n1", Promise.resolve(invitation));
    const welcome = await engine.join();
    expect(welcome.start).toHaveLength(1);
    expect(await controller.next("engine-joined")).toMatchObject({ id: "n1", rank: 0, slots: 1 });
    expect(await engine.assigned()).toEqual([0]);
    engine.finish([0]);
    await engine.leave();
    controller.say({ type: "engine-ended", id: "n1", certain: true });
    await controller.next("run-ended");
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(run.reporter.ofType("engine-joined")[0]?.engine.context).toBe("SSH1");
    expect(run.reporter.ofType("context-added").map(({ context, later }) => [context.label, later])).toEqual([
      ["SSH0", false],
      ["SSH1", true],
    ]);
  });

  test("takes no more tasks than its own limit", async () => {
    const run = startPool([task(0), task(1)]);
    const { controller, engine } = await bringBusyEngine(run, { taskLimit: 1 });
    engine.finish([0]);
    await engine.leave();
    await controller.next("engine-joined");
    controller.say({ type: "status" });
    const { snapshot } = await controller.next("status");
    expect(snapshot.contexts[1]).toMatchObject({ tasksLeft: 0 });
    await expect.poll(() => run.reporter.ofType("engines-awaited")).toHaveLength(2);
  });

  test("may not have the name of another", async () => {
    const run = startPool([task(0)]);
    const controller = await PretendedController.greet(await run.contact);
    controller.say({
      ...{ type: "add-context", label: "SSH0", taskLimit: 0 },
      nodes: [{ node: "n", slots: 1, coresPerSlot: 1 }],
    });
    expect(await controller.next("refused")).toMatchObject({ code: "label-in-use" });
  });

  test("that has no engine that works leaves the run as it was", async () => {
    const run = startPool([task(0)]);
    const controller = await PretendedController.greet(await run.contact);
    await controller.bring(["n1"]);
    controller.say({ type: "engine-ended", id: "n1", certain: true, reason: "there is no bash" });
    await expect
      .poll(() => run.reporter.ofType("engine-failed"))
      .toMatchObject([{ node: "n1", reason: "there is no bash" }]);
    expect(run.reporter.ofType("run-ended")).toEqual([]);
  });

  test("is not waited for when its controller has gone before its engines joined", async () => {
    const run = startPool([task(0)], { waitForEngines: false, engineCount: 1 });
    const controller = await PretendedController.greet(await run.contact);
    await controller.bring(["n1"]);
    controller.hangUp();
    await expect.poll(() => run.reporter.ofType("engine-failed")).toHaveLength(1);
    engineOf(run).end("it is broken");
    expect(await run.outcome).toEqual({ reason: "no-engines" });
  });

  test("goes on when its controller has gone, as far as its engines have joined", async () => {
    const run = startPool([task(0)]);
    const { controller, engine } = await bringBusyEngine(run);
    controller.hangUp();
    engine.finish([0]);
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
  });

  test("has its engines ended by its controller", async () => {
    const run = startPool([task(0)]);
    const controller = await PretendedController.greet(await run.contact);
    await controller.bring(["n1"]);
    run.driver.terminate("terminated");
    expect(await controller.next("end-engine")).toMatchObject({ id: "n1" });
    controller.say({ type: "engine-ended", id: "n1", certain: true, reason: "killed" });
    await controller.next("run-ended");
    expect(await run.outcome).toEqual({ reason: "terminated" });
  });

  test("does not keep its name when its controller goes before it has started engines", async () => {
    const run = startPool([task(0)]);
    const nodes = [{ node: "n", slots: 1, coresPerSlot: 1 }];
    const first = await PretendedController.greet(await run.contact);
    first.say({ type: "add-context", label: "GPU", nodes, taskLimit: 0 });
    await first.next("context-added");
    first.hangUp();
    await expect.poll(() => run.reporter.ofType("context-stopped")).toMatchObject([{ label: "GPU" }]);
    const second = await PretendedController.greet(await run.contact);
    expect(await second.bring(["n1"], { label: "GPU" })).toMatchObject({ label: "GPU" });
  });

  test("with an engine twice, or one that is known, is hung up on, and nothing of it is awaited", async () => {
    const run = startPool([task(0)], { waitForEngines: false, engineCount: 1 });
    const nodes = [{ node: "n", slots: 1, coresPerSlot: 1 }];
    for (const ids of [["x", "x"], ["engine-0"]]) {
      const controller = await PretendedController.greet(await run.contact);
      controller.say({ type: "add-context", nodes, taskLimit: 0 });
      await controller.next("context-added");
      const engines = ids.map((id) => ({ id, node: "n", slots: 1 }));
      controller.say({ type: "engines-started", engines, elsewhere: false });
      await controller.closed;
    }
    engineOf(run).end("it is broken");
    expect(await run.outcome).toEqual({ reason: "no-engines" });
  });

  test("gets no more tasks at a time than the slots it was given, whatever its engine says", async () => {
    const run = startPool([task(0), task(1), task(2)]);
    const { controller } = await bringBusyEngine(run, { slots: 1000 });
    expect(run.reporter.ofType("engine-joined")[0]?.engine.slots).toBe(1);
    controller.say({ type: "status" });
    await controller.next("engine-joined");
    await controller.next("status");
    expect(run.reporter.ofType("task-assigned")).toHaveLength(1);
  });

  test("does not hold up a run that is terminated when it cannot be reached and its engine hangs", async () => {
    const run = startPool([task(0)], { grace: 0 });
    const { controller, engine } = await bringBusyEngine(run);
    controller.hangUp();
    run.driver.terminate("terminated", 0);
    await engine.next("terminate");
    await engine.closed;
    expect(await run.outcome).toEqual({ reason: "terminated" });
  });

  test("comes too late when the run is ending", async () => {
    const run = startPool([task(0), task(1)], { engineCount: 1 });
    const controller = await PretendedController.greet(await run.contact);
    const engine = engineOf(run);
    await engine.join();
    await engine.assigned();
    run.driver.drain("interrupted");
    controller.say({ type: "add-context", nodes: [{ node: "n", slots: 1, coresPerSlot: 1 }], taskLimit: 0 });
    expect(await controller.next("refused")).toMatchObject({ code: "run-ending" });
  });
});

describe("a stop", () => {
  test("of an engine dismisses it alone; of one that is not there is refused", async () => {
    const run = startPool([task(0), task(1), task(2)], { engineCount: 2 });
    const controller = await PretendedController.greet(await run.contact);
    const [first, second] = [engineOf(run, 0), engineOf(run, 1)];
    await first.join();
    const [held = -1] = await first.assigned();
    await second.join();
    const [other = -1] = await second.assigned();
    controller.say({ type: "stop-engine", rank: 0 });
    await controller.next("done");
    controller.say({ type: "stop-engine", rank: 7 });
    expect(await controller.next("refused")).toMatchObject({ code: "no-such-engine" });
    await first.next("recall");
    first.say({ type: "returned", taskIds: [] });
    await first.next("dismiss");
    first.finish([held]);
    first.goodbye();
    second.finish([other], { engine: 1 });
    const [last = -1] = await second.assigned();
    second.finish([last], { engine: 1 });
    await second.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(new Set(run.reporter.finished)).toEqual(new Set([0, 1, 2]));
  });

  test("of a context lets its engines go, ends those that have not joined, and turns late ones away", async () => {
    const run = startPool([task(0), task(1)]);
    const { controller, label, invitation, engine } = await bringBusyEngine(run, { nodes: ["n1", "n2"] });
    controller.say({ type: "stop-context", label });
    await controller.next("engine-joined");
    expect(await controller.next("end-engine")).toMatchObject({ id: "n2" });
    await controller.next("done");
    await engine.next("recall");
    await engine.next("dismiss");
    const late = broughtEngine("n2", Promise.resolve(invitation));
    await late.call();
    late.hello();
    await late.next("dismiss");
    late.goodbye();
    await controller.next("engine-joined");
    engine.finish([0]);
    engine.goodbye();
    controller.say({ type: "status" });
    const { snapshot } = await controller.next("status");
    expect(snapshot.contexts[1]).toMatchObject({ label, stopped: true });
    controller.say({ type: "stop-context", label: "NO" });
    expect(await controller.next("refused")).toMatchObject({ code: "no-such-context" });
  });

  test("of the run lets what runs finish; a second one ends it", async () => {
    const run = startPool([task(0), task(1)], { engineCount: 1 });
    const controller = await PretendedController.greet(await run.contact);
    const engine = engineOf(run);
    await engine.join();
    await engine.assigned();
    controller.say({ type: "stop-run" });
    await controller.next("done");
    controller.say({ type: "stop-run" });
    await controller.next("done");
    await engine.next("recall");
    await engine.next("terminate");
    engine.finish([0], { returnCode: -15 }, true);
    engine.goodbye();
    expect(await run.outcome).toEqual({ reason: "stopped" });
  });
});

import { connect } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import { signalled } from "../../../../src/domain/ending.ts";
import type { Invitation } from "../../../../src/domain/launcher.ts";
import type { Snapshot } from "../../../../src/domain/snapshot.ts";
import type { StreamItem } from "../../../../src/domain/task.ts";
import type { Contact } from "../../../../src/wire/contact.ts";
import { CONTROL_PROTOCOL } from "../../../../src/wire/control-messages.ts";
import { encodeFrame, MAX_CONTROLLER_FRAME } from "../../../../src/wire/frames.ts";
import { DRIVER_NAME } from "../../../../src/wire/names.ts";
import { tlsOptions } from "../../../../src/wire/tls.ts";
import { LIMITS } from "../../../../src/domain/limits.ts";
import { PATIENCE } from "../../../support/until.ts";
import { type DrivenRun, engineOf, perEngine, startRun, task } from "./driven-run.ts";
import { PretendedController } from "./pretended-controller.ts";
import { PretendedEngine } from "./pretended-engine.ts";

const SNAPSHOT: Snapshot = {
  ...{ jobId: "run", taskFile: "Tasks", host: "alpha", pid: 1, started: 1, now: 2, phase: "running" },
  ...{ tasks: { succeeded: 0, failed: 0, skipped: 0, running: 0 }, contexts: [], engines: [] },
};

const NODE = { node: "n", slots: 1, coresPerSlot: 1 };

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
function broughtEngine(id: string | undefined, invitation: Invitation): PretendedEngine {
  if (id === undefined) throw new Error("no engine is wanted");
  const engine = new PretendedEngine(id);
  engine.invited(Promise.resolve(invitation));
  onTestFinished(() => engine.hangUp());
  return engine;
}

/** A controller that has brought hosts, on the first of which an engine has joined and holds the first task. */
async function bringBusyEngine(
  run: Pool,
  options: { taskLimit?: number; nodes?: readonly string[]; slots?: number } = {},
) {
  const { nodes = ["n1"], slots = 1, ...rest } = options;
  const controller = await PretendedController.greet(await run.contact);
  const { label, invitation, ids } = await controller.bring(nodes, rest);
  const engine = broughtEngine(ids[0], invitation);
  await engine.join(slots);
  expect(await controller.next("engine-joined")).toMatchObject({ id: engine.id });
  expect(await engine.assigned()).toEqual([0]);
  return { controller, label, invitation, ids, engine };
}

describe("a controller", () => {
  test("is told what a context has to know, and where the run stands", async () => {
    const defaults = {
      terms: {
        cwd: "/w",
        prefix: "/p",
        logLevel: "INFO",
        logFormat: "text",
        resources: ["X"],
        output: { keep: "none", limit: 65_536 },
        threadEnv: true,
        offer: { named: {} },
        lease: 7,
        onDriverLost: "finish",
        drainTimeout: 3,
        limits: LIMITS,
      },
    } as const;
    const run = startPool([task(0)], { contextDefaults: defaults });
    const controller = await PretendedController.call(await run.contact);
    controller.hello();
    expect(await controller.next("welcome")).toEqual({ type: "welcome", ...defaults });
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
    await controller.closed;
  });

  test("that does not say hello first is hung up on", async () => {
    const run = startPool([task(0)]);
    const controller = await PretendedController.call(await run.contact);
    controller.say({ type: "stop-run" });
    await controller.closed;
    expect(run.reporter.ofType("run-draining")).toEqual([]);
  });

  test("that says more than any controller has to is hung up on, and the run goes on", async () => {
    const run = startPool([task(0)]);
    const controller = await PretendedController.greet(await run.contact);
    controller.say({ type: "stop-context", label: "x".repeat(MAX_CONTROLLER_FRAME) });
    await controller.closed;
    const another = await PretendedController.greet(await run.contact);
    another.say({ type: "status" });
    expect((await another.next("status")).snapshot.phase).toBe("running");
  });

  test("with an engine's certificate is no controller", async () => {
    const run = startPool([task(0)]);
    const contact = await run.contact;
    const helper = await PretendedController.greet(contact);
    const { invitation } = await helper.bring(["n1"]);
    const intruder = await PretendedController.call({ ...contact, here: invitation });
    intruder.hello();
    await intruder.closed;
    expect(intruder.heard).toEqual([]);
  });

  test("that asks for the status again and again is answered each time, but it is not worked out each time", async () => {
    let count = 0;
    const run = startPool([task(0)], {
      snapshot: () => {
        count++;
        return SNAPSHOT;
      },
    });
    const controller = await PretendedController.greet(await run.contact);
    const polls = 2_000;
    for (let i = 0; i < polls; i++) controller.say({ type: "status" });
    for (let i = 0; i < polls; i++) await controller.next("status");
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(polls / 10);
  });

  test("that does not read what it asks for is hung up on", async () => {
    const nodes = Array.from({ length: 2_000 }, (_, i) => `node-${i}`);
    const run = startPool([task(0)]);
    const helper = await PretendedController.greet(await run.contact);
    await helper.bring(nodes);
    const [address] = (await run.contact).here.addresses;
    if (address === undefined) throw new Error("no address");
    const socket = connect({
      ...tlsOptions((await run.contact).here.credentials),
      ...{ host: address.host, port: address.port, servername: DRIVER_NAME },
    });
    onTestFinished(() => void socket.destroy());
    // Nobody reads from it.
    const gone = new Promise((resolve) => socket.once("error", resolve).once("close", resolve));
    const ask = (message: object): boolean => socket.write(encodeFrame(JSON.stringify(message)));
    ask({ type: "hello", protocol: CONTROL_PROTOCOL });
    const asking = setInterval(() => {
      for (let i = 0; i < 100; i++) ask({ type: "status" });
    }, 1);
    onTestFinished(() => clearInterval(asking));
    await gone;
    helper.say({ type: "stop-engine", rank: 7 });
    expect(await helper.next("refused")).toMatchObject({ code: "no-such-engine" });
  });

  test("more than 512 at a time are turned away in words, and there is room again when some have gone", async () => {
    const run = startPool([task(0)]);
    const contact = await run.contact;
    const controllers: PretendedController[] = [];
    // Both sides of all calls are in this process, so that all at once would take each as long as all of them.
    while (controllers.length < 512) {
      controllers.push(...(await Promise.all(Array.from({ length: 32 }, () => PretendedController.greet(contact)))));
    }
    const late = await PretendedController.call(contact);
    late.hello();
    expect(await late.next("refused")).toMatchObject({ code: "too-many-controllers" });
    await late.closed;
    const [first] = controllers;
    first?.hangUp();
    await expect
      .poll(async () => {
        const next = await PretendedController.call(contact);
        next.hello();
        return Promise.race([next.next("welcome"), next.closed]).catch(() => "refused");
      })
      .toMatchObject({ type: "welcome" });
  });
});

describe("a context that a controller brings", () => {
  test("runs the start commands first, then tasks, and hears of its engines and of the end", async () => {
    const run = startPool([perEngine("start"), task(0)]);
    const controller = await PretendedController.greet(await run.contact);
    const { label, invitation, ids } = await controller.bring(["n1"]);
    expect(label).toBe("SSH1");
    const engine = broughtEngine(ids[0], invitation);
    const welcome = await engine.join();
    expect(welcome.start).toHaveLength(1);
    expect(await controller.next("engine-joined")).toMatchObject({ id: engine.id, rank: 0, slots: 1 });
    expect(await engine.assigned()).toEqual([0]);
    engine.finish([0]);
    await engine.leave();
    expect(await controller.next("engine-over")).toMatchObject({ id: engine.id });
    await controller.next("run-ended");
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(run.reporter.ofType("engine-joined")[0]?.engine).toMatchObject({ id: engine.id, context: "SSH1" });
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
    await controller.next("engine-over");
    controller.say({ type: "status" });
    const { snapshot } = await controller.next("status");
    expect(snapshot.contexts[1]).toMatchObject({ tasksLeft: 0 });
    await expect.poll(() => run.reporter.ofType("engines-awaited")).toHaveLength(2);
  });

  test("may have 10,000 hosts with long names", async () => {
    const run = startPool([task(0)]);
    const controller = await PretendedController.greet(await run.contact);
    const nodes = Array.from({ length: 10_000 }, (_, i) => ({ ...NODE, node: `${"n".repeat(250)}${i}` }));
    controller.say({ type: "add-context", nodes, taskLimit: 0, elsewhere: false });
    expect(await controller.next("context-added")).toMatchObject({ label: "SSH1" });
  });

  test("may not have the name of another", async () => {
    const run = startPool([task(0)]);
    const controller = await PretendedController.greet(await run.contact);
    controller.say({ type: "add-context", label: "SSH0", nodes: [NODE], taskLimit: 0, elsewhere: false });
    expect(await controller.next("refused")).toMatchObject({ code: "label-in-use" });
  });

  test("is one for each connection", async () => {
    const run = startPool([task(0)]);
    const controller = await PretendedController.greet(await run.contact);
    await controller.bring(["n1"]);
    controller.say({ type: "add-context", nodes: [NODE], taskLimit: 0, elsewhere: false });
    expect(await controller.next("refused")).toMatchObject({ code: "second-context" });
  });

  test("that has no engine that works leaves the run as it was", async () => {
    const run = startPool([task(0)]);
    const controller = await PretendedController.greet(await run.contact);
    const { ids } = await controller.bring(["n1"]);
    const [id = "none"] = ids;
    controller.say({ type: "engine-ended", id, certain: true, reason: "there is no bash" });
    await expect
      .poll(() => run.reporter.ofType("engine-failed"))
      .toMatchObject([{ node: "n1", reason: "there is no bash" }]);
    expect(await controller.next("engine-over")).toMatchObject({ id });
    expect(run.reporter.ofType("run-ended")).toEqual([]);
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
    const { ids } = await controller.bring(["n1"]);
    run.driver.terminate("terminated");
    await controller.next("run-ended");
    expect(controller.killed).toEqual(ids);
    expect(await run.outcome).toEqual({ reason: "terminated" });
  });

  test("gets no more tasks at a time than the slots it was given, whatever its engine says", async () => {
    const run = startPool([task(0), task(1), task(2)]);
    const { controller } = await bringBusyEngine(run, { slots: 1000 });
    expect(run.reporter.ofType("engine-joined")[0]?.engine.slots).toBe(1);
    controller.say({ type: "status" });
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
    controller.say({ type: "add-context", nodes: [NODE], taskLimit: 0, elsewhere: false });
    expect(await controller.next("refused")).toMatchObject({ code: "run-ending" });
  });
});

describe("an engine of a controller that has died", () => {
  test("is started again by it, and its task runs there as the next attempt", async () => {
    const run = startPool([task(0)]);
    const { controller, engine, invitation } = await bringBusyEngine(run, { nodes: ["n1", "n2"] });
    engine.hangUp();
    controller.say({ type: "engine-ended", id: engine.id, certain: true, reason: "SIGKILL" });
    const { id, node } = await controller.next("start-engine");
    expect(node).toBe(0);
    expect(run.reporter.ofType("engine-restarting")).toMatchObject([{ node: "n1", label: "SSH1", restart: 1 }]);
    const another = broughtEngine(id, invitation);
    await another.join();
    const { assignments } = await another.next("assign");
    expect(assignments).toMatchObject([{ task: { id: 0 }, attempt: 2 }]);
    another.finish([0], { attempt: 2, engine: 1 });
    await another.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
  });

  test("is not started again when it has left as it was told to, nor when its controller has gone", async () => {
    const run = startPool([task(0), task(1)]);
    const { controller, engine, label } = await bringBusyEngine(run);
    controller.say({ type: "stop-engine", rank: 0 });
    await controller.next("done");
    await engine.next("recall");
    engine.say({ type: "returned", taskIds: [] });
    engine.finish([0]);
    await engine.leave();
    expect(await controller.next("engine-over")).toMatchObject({ id: engine.id });
    const second = await bringAnother(run);
    second.controller.hangUp();
    second.engine.hangUp();
    await expect.poll(() => run.reporter.ofType("engine-silent"), { timeout: PATIENCE }).toHaveLength(1);
    expect(second.label).not.toBe(label);
  });

  /** Another controller, whose engine holds the second task. */
  async function bringAnother(run: Pool) {
    const controller = await PretendedController.greet(await run.contact);
    const { label, invitation, ids } = await controller.bring(["n2"]);
    const engine = broughtEngine(ids[0], invitation);
    await engine.join();
    expect(await engine.assigned()).toEqual([1]);
    return { controller, label, engine };
  }
});

describe("a controller that comes back", () => {
  test("speaks for its engines again", async () => {
    const run = startPool([task(0)]);
    const { controller, engine, label, ids, invitation } = await bringBusyEngine(run);
    controller.hangUp();
    const again = await PretendedController.greet(await run.contact);
    await again.keep(label, ids);
    engine.hangUp();
    again.say({ type: "engine-ended", id: engine.id, certain: true, reason: "SIGKILL" });
    const { id } = await again.next("start-engine");
    const another = broughtEngine(id, invitation);
    await another.join();
    expect(await again.next("engine-joined")).toMatchObject({ id, rank: 1 });
    expect(await another.assigned()).toEqual([0]);
    another.finish([0], { attempt: 2, engine: 1 });
    await another.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
  });

  test("and does not know of an engine that it was to start is not waited for because of that", async () => {
    const run = startPool([task(0)]);
    const controller = await PretendedController.greet(await run.contact);
    const { label } = await controller.bring(["n1"]);
    controller.hangUp();
    const again = await PretendedController.greet(await run.contact);
    await again.keep(label, []);
    await expect.poll(() => run.reporter.ofType("engine-failed")).toHaveLength(1);
  });

  test("with a context that nobody knows is refused", async () => {
    const run = startPool([task(0)]);
    const controller = await PretendedController.greet(await run.contact);
    controller.say({ type: "keep-context", label: "SSH1", engines: ["x"], elsewhere: false });
    expect(await controller.next("refused")).toMatchObject({ code: "no-such-context" });
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
    expect(run.reporter.ofType("engine-stopping")).toMatchObject([{ engine: 0 }]);
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

  test("may say for how long what runs may go on", async () => {
    const run = startPool([task(0), task(1)]);
    const { controller, engine, label } = await bringBusyEngine(run);
    controller.say({ type: "stop-engine", rank: 0, within: 30 });
    expect(await controller.next("done")).toEqual({ type: "done", what: "engine-stops", rank: 0, within: 30 });
    await engine.next("recall");
    engine.say({ type: "returned", taskIds: [] });
    expect(await engine.next("dismiss")).toEqual({ type: "dismiss", within: 30 });
    controller.say({ type: "stop-context", label, within: 2.5 });
    expect(await controller.next("done")).toEqual({ type: "done", what: "context-stops", label, within: 2.5 });
    expect(run.reporter.ofType("context-stopped")).toMatchObject([{ label }]);
  });

  test("of a context lets its engines go, ends those that have not joined, and turns late ones away", async () => {
    const run = startPool([task(0), task(1)]);
    const { controller, label, invitation, ids, engine } = await bringBusyEngine(run, { nodes: ["n1", "n2"] });
    controller.say({ type: "stop-context", label });
    await controller.next("done");
    await expect.poll(() => controller.killed).toEqual([ids[1]]);
    expect(await controller.next("engine-over")).toMatchObject({ id: ids[1] });
    await engine.next("recall");
    await engine.next("dismiss");
    const late = broughtEngine(ids[1], invitation);
    await late.call();
    late.hello();
    await late.next("terminate");
    engine.finish([0]);
    engine.goodbye();
    await controller.next("engine-over");
    controller.say({ type: "stop-context", label: "NO" });
    expect(await controller.next("refused")).toMatchObject({ code: "no-such-context" });
    controller.say({ type: "status" });
    const { snapshot } = await controller.next("status");
    expect(snapshot.contexts[1]).toMatchObject({ label, stopped: true });
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
    engine.finish([0], { ending: signalled(15) }, true);
    engine.goodbye();
    expect(await run.outcome).toEqual({ reason: "stopped" });
  });

  test("of the run ends what runs only where that is said, however often it comes", async () => {
    const run = startPool([task(0), task(1)], { engineCount: 1 });
    const controller = await PretendedController.greet(await run.contact);
    const engine = engineOf(run);
    await engine.join();
    await engine.assigned();
    for (let times = 0; times < 2; times++) {
      controller.say({ type: "stop-run", kill: false });
      expect(await controller.next("done")).toMatchObject({ what: "run-drains" });
    }
    controller.say({ type: "stop-run", kill: true });
    expect(await controller.next("done")).toMatchObject({ what: "run-terminates" });
    await engine.next("recall");
    await engine.next("terminate");
    engine.finish([0], { ending: signalled(15) }, true);
    engine.goodbye();
    expect(await run.outcome).toEqual({ reason: "stopped" });
  });
});

import { connect, type TLSSocket } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import type { RunView } from "../../../../src/domain/watch.ts";
import type { Contact } from "../../../../src/wire/contact.ts";
import { CONTROL_PROTOCOL } from "../../../../src/wire/control-messages.ts";
import { encodeFrame } from "../../../../src/wire/frames.ts";
import { DRIVER_NAME } from "../../../../src/wire/names.ts";
import { tlsOptions } from "../../../../src/wire/tls.ts";
import { applyChange } from "../../../../src/domain/view-changes.ts";
import { until } from "../../../support/until.ts";
import { EMPTY_VIEW } from "../../../unit/wire/view-samples.ts";
import { type DrivenRun, engineOf, startRun, task } from "./driven-run.ts";
import { PretendedController } from "./pretended-controller.ts";
import { watchableRun } from "../../../support/watchable-run.ts";

/** States that one is told of who does not read. */
const STATES = 8;

const NO_TASKS = watchableRun(() => {
  throw new Error("nobody asks for that");
});

interface CallableRun extends DrivenRun {
  readonly contact: Promise<Contact>;
}

/** A run of so many tasks that can be watched. */
function startWatched(tasks: number, options: Parameters<typeof startRun>[1] = {}): CallableRun {
  let found: (contact: Contact) => void = () => undefined;
  const contact = new Promise<Contact>((resolve) => (found = resolve));
  const items = Array.from({ length: tasks }, (_, i) => task(i));
  return { ...startRun(items, { onContact: (where) => found(where), ...options }), contact };
}

/** Somebody who watches, and puts together what it is told. */
class PretendedWatcher {
  view: RunView = EMPTY_VIEW;
  wholes = 0;
  changes = 0;
  readonly #controller: PretendedController;

  private constructor(controller: PretendedController) {
    this.#controller = controller;
  }

  static async open(contact: Contact): Promise<PretendedWatcher> {
    const controller = await PretendedController.greet(contact);
    const watcher = new PretendedWatcher(controller);
    controller.say({ type: "watch" });
    await watcher.shows(() => watcher.wholes > 0);
    return watcher;
  }

  /** Waits until what it has been told is so. */
  async shows(isSo: (view: RunView) => boolean): Promise<void> {
    await until(
      () => {
        this.#takeIn();
        return isSo(this.view);
      },
      () => `another view than ${JSON.stringify(this.view)}`,
    );
  }

  #takeIn(): void {
    for (const message of this.#controller.heard.slice(this.wholes + this.changes)) {
      if (message.type === "view") {
        this.wholes++;
        this.view = message.view;
      } else if (message.type === "changed") {
        this.changes++;
        this.view = applyChange(this.view, message.change);
      }
    }
  }
}

test("twenty watchers are told what changes, all of them the same, and the run goes on as it would", async () => {
  const run = startWatched(3);
  const contact = await run.contact;
  const watchers = await Promise.all(Array.from({ length: 20 }, () => PretendedWatcher.open(contact)));
  const engine = engineOf(run);
  await engine.join();
  for (let id = 0; id < 3; id++) {
    expect(await engine.assigned()).toEqual([id]);
    engine.finish([id]);
    await Promise.all(watchers.map((watcher) => watcher.shows(({ tasks }) => tasks.succeeded === id + 1)));
  }
  for (const { view } of watchers) expect(view).toEqual(watchers[0]?.view);
  await engine.leave();
  expect(await run.outcome).toEqual({ reason: "done" });
});

test("a watcher is told four times a second at most, however much happens, and where the run stands in the end", async () => {
  const count = 500;
  const run = startWatched(count);
  const watcher = await PretendedWatcher.open(await run.contact);
  const begun = performance.now();
  const engine = engineOf(run);
  await engine.join();
  for (let done = 0; done < count;) {
    const ids = await engine.assigned();
    engine.finish(ids, { finish: 0.001 });
    done += ids.length;
  }
  await engine.leave();
  await run.outcome;
  await watcher.shows(({ tasks }) => tasks.succeeded === count);
  expect(watcher.changes).toBeLessThanOrEqual(Math.ceil((performance.now() - begun) / 250) + 1);
});

test("where nothing happens nothing is read, and nothing is said", async () => {
  let reads = 0;
  const base = { ...EMPTY_VIEW };
  const view = (): RunView => {
    reads++;
    return base;
  };
  const run = startWatched(1, { watch: { ...NO_TASKS, view } });
  const watcher = await PretendedWatcher.open(await run.contact);
  const engine = engineOf(run);
  await engine.join();
  await engine.assigned();
  // Events that come together are read together: at the beginning, and after each look that has any.
  await engine.isHeard();
  engine.finish([0]);
  await engine.leave();
  await run.outcome;
  expect(watcher.changes).toBe(0);
  expect(reads).toBeLessThan(12);
});

/** A watcher that never reads from its socket. */
async function openDeafWatcher(contact: Contact): Promise<TLSSocket> {
  const [address] = contact.here.addresses;
  if (address === undefined) throw new Error("no address");
  const socket = connect({
    ...tlsOptions(contact.here.credentials),
    ...{ host: address.host, port: address.port, servername: DRIVER_NAME },
  });
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve) => socket.once("secureConnect", resolve));
  for (const message of [{ type: "hello", protocol: CONTROL_PROTOCOL }, { type: "watch" }]) {
    socket.write(encodeFrame(JSON.stringify(message)));
  }
  return socket;
}

test("one that does not read costs no memory, and is told the newest state when it reads", async () => {
  const size = 4 * 1024 * 1024;
  let version = 0;
  let reads = 0;
  const view = (): RunView => {
    reads++;
    const jobId = `${version}`.padEnd(size, "x");
    return { ...EMPTY_VIEW, jobId };
  };
  const run = startWatched(2, { watch: { ...NO_TASKS, view } });
  const contact = await run.contact;
  const engine = engineOf(run);
  await engine.join();
  const deaf = await openDeafWatcher(contact);
  const watcher = await PretendedWatcher.open(contact);
  for (version = 1; version <= STATES; version++) {
    run.driver.note("something happens");
    const expected = reads + 1;
    await until(
      () => reads >= expected,
      () => `${expected} reads`,
    );
  }
  version = 99;
  run.driver.note("something happens");
  await watcher.shows(({ jobId }) => jobId.startsWith("99x"));
  let bytes = 0;
  let last = "";
  deaf.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    last = (last + chunk.toString("latin1")).slice(-2 * size);
  });
  await until(
    () => last.includes(`"jobId":"99x`),
    () => `the newest state after ${bytes} bytes`,
  );
  // What the system had taken, and one state: not all of them.
  expect(bytes).toBeLessThan((STATES / 2) * size);
  engine.finish(await engine.assigned());
  engine.finish(await engine.assigned());
  await engine.leave();
  expect(await run.outcome).toEqual({ reason: "done" });
});

test("questions have answers of their own, whatever comes of them", async () => {
  const page = { rows: [{ id: 7, state: "waiting" as const, attempt: 0, command: "x".repeat(5000) }], total: 1 };
  const run = startWatched(1, {
    watch: {
      view: () => EMPTY_VIEW,
      tasks: async () => page,
      task: async (id) => {
        if (id === 8) throw new Error("the disk is gone");
        return id === 7
          ? { row: { id, state: "waiting", attempt: 0, command: "x".repeat(5000) }, attempts: [] }
          : undefined;
      },
      slots: async () => [{ rank: 0, tasks: [] }],
    },
  });
  const controller = await PretendedController.greet(await run.contact);
  controller.say({ type: "tasks", number: 1, query: { limit: 10 } });
  controller.say({ type: "task", number: 2, id: 7 });
  const { page: told } = await controller.next("task-page");
  expect(told.rows[0]?.command).toHaveLength(1025);
  const { number, detail } = await controller.next("task-detail");
  expect([number, detail?.row.command]).toEqual([2, "x".repeat(5000)]);
  controller.say({ type: "task", number: 3, id: 9 });
  expect(await controller.next("task-detail")).toEqual({ type: "task-detail", number: 3 });
  controller.say({ type: "slots", number: 4 });
  expect(await controller.next("engine-slots")).toMatchObject({ number: 4, engines: [{ rank: 0 }] });
  controller.say({ type: "task", number: 5, id: 8 });
  expect(await controller.next("no-answer")).toMatchObject({ number: 5, message: "the disk is gone" });
  engineOf(run).end("the test is over");
});

test("who asks too much at a time is hung up on", async () => {
  const never = new Promise<never>(() => undefined);
  const run = startWatched(1, {
    watch: { view: () => EMPTY_VIEW, tasks: () => never, task: () => never, slots: () => never },
  });
  const controller = await PretendedController.greet(await run.contact);
  for (let number = 0; number < 65; number++) controller.say({ type: "slots", number });
  await controller.closed;
  expect(controller.heard.filter(({ type }) => type !== "welcome")).toEqual([]);
});

test("whoever looks at a run that cannot say where it stands is hung up on, and the run goes on", async () => {
  const broken = (): never => {
    throw new Error("broken");
  };
  let views = 0;
  const watch = { ...NO_TASKS, view: () => (views++ === 0 ? EMPTY_VIEW : broken()) };
  const run = startWatched(1, { watch, snapshot: broken });
  const contact = await run.contact;
  const controllers = await Promise.all([1, 2, 3].map(() => PretendedController.greet(contact)));
  const [first, second, third] = controllers;
  first?.say({ type: "watch" });
  await first?.next("view");
  await first?.closed;
  second?.say({ type: "watch" });
  await second?.closed;
  third?.say({ type: "status" });
  await third?.closed;
  expect(run.reporter.ofType("note")).toMatchObject([{ message: "nobody can watch the run: broken" }]);
  const engine = engineOf(run);
  await engine.join();
  await engine.assigned();
  engine.finish([0]);
  await engine.leave();
  expect(await run.outcome).toEqual({ reason: "done" });
});

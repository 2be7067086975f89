import { expect, test } from "vitest";
import { FAIL_FAST } from "../../../../src/domain/halt-policy.ts";
import { signalled, STOPPED } from "../../../../src/domain/ending.ts";
import type { StreamItem } from "../../../../src/domain/task.ts";
import type { TaskDetail, TaskState } from "../../../../src/domain/watch.ts";
import type { Contact } from "../../../../src/wire/contact.ts";
import { EMPTY_VIEW } from "../../../unit/wire/view-samples.ts";
import { type DrivenRun, type DrivenRunOptions, engineOf, startRun, task, told } from "./driven-run.ts";
import { PretendedController } from "./pretended-controller.ts";

interface StoppableRun extends DrivenRun {
  /** Asks for a task to be stopped. @returns what comes of it. */
  readonly stop: (id: number) => Promise<object>;
}

async function startStoppable(items: readonly StreamItem[], options: DrivenRunOptions = {}): Promise<StoppableRun> {
  let found: (contact: Contact) => void = () => undefined;
  const contact = new Promise<Contact>((resolve) => (found = resolve));
  const run = startRun(items, { onContact: (where) => found(where), ...options });
  const controller = await PretendedController.greet(await contact);
  const stop = async (id: number): Promise<object> => {
    const count = controller.heard.length;
    controller.say({ type: "stop-task", id });
    await expect.poll(() => controller.heard.length).toBeGreaterThan(count);
    return controller.heard[count] ?? {};
  };
  return { ...run, stop };
}

const DONE = { type: "done", what: "task-stops" };

test("a task that runs is ended, and how it ends is its outcome", async () => {
  const run = await startStoppable([task(0)]);
  const engine = engineOf(run);
  await engine.join();
  await engine.assigned();
  expect(await run.stop(0)).toEqual({ ...DONE, id: 0 });
  expect(await engine.next("stop-task")).toEqual({ type: "stop-task", taskId: 0, attempt: 1, grace: 10 });
  // It was on record before anybody was told so.
  expect(run.reporter.ofType("task-stopping")).toMatchObject([{ taskId: 0, engine: 0 }]);
  engine.finish([0], { ending: signalled(15) });
  await engine.leave();
  expect(await run.outcome).toEqual({ reason: "done" });
  expect(run.reporter.ofType("task-finished")).toMatchObject([
    { result: { taskId: 0, ending: signalled(15), pid: 99 } },
  ]);
});

test("a task that was not started never is, and has an ending of its own", async () => {
  const run = await startStoppable([task(0)]);
  const engine = engineOf(run);
  await engine.join();
  await engine.assigned();
  await run.stop(0);
  await engine.next("stop-task");
  engine.say({ type: "not-started", taskId: 0 });
  await engine.leave();
  expect(await run.outcome).toEqual({ reason: "done" });
  expect(run.reporter.ofType("task-finished")).toMatchObject([
    { result: { taskId: 0, attempt: 1, node: "alpha", engine: 0, slot: -1, pid: -1, ending: STOPPED } },
  ]);
  expect(run.reporter.ofType("task-returned")).toEqual([]);
});

test.each(["is recalled", "is lost", "is back without it"])(
  "a task is not started again when its engine %s",
  async (how) => {
    const run = await startStoppable([task(0)], { engineRestarts: 0 });
    const engine = engineOf(run);
    await engine.join();
    await engine.assigned();
    await run.stop(0);
    await engine.next("stop-task");
    if (how === "is recalled") engine.say({ type: "returned", taskIds: [0] });
    else if (how === "is lost") engine.end("it died");
    else {
      engine.hangUp();
      await engine.comeBack([]);
    }
    await told(run, "task-finished");
    if (how !== "is lost") await engine.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(run.reporter.ofType("task-finished")).toMatchObject([
      { result: { taskId: 0, attempt: 1, ending: STOPPED } },
    ]);
    expect(run.reporter.ofType("task-assigned")).toHaveLength(1);
  },
);

test("an engine that was out of touch is told again", async () => {
  const run = await startStoppable([task(0)]);
  const engine = engineOf(run);
  await engine.join();
  await engine.assigned();
  engine.hangUp();
  await engine.closed;
  expect(await run.stop(0)).toEqual({ ...DONE, id: 0 });
  await engine.comeBack([0]);
  await engine.next("stop-task");
  engine.finish([0], { ending: signalled(9) });
  await engine.leave();
  await run.outcome;
  expect(run.reporter.finished).toEqual([0]);
});

test("what the end of the run cuts short of it counts as its outcome", async () => {
  const run = await startStoppable([task(0), task(1)]);
  const engine = engineOf(run);
  await engine.join(2);
  await engine.assigned(2);
  await run.stop(0);
  run.driver.terminate("terminated");
  engine.finish([0, 1], { ending: signalled(15) }, true);
  engine.goodbye();
  expect(await run.outcome).toEqual({ reason: "terminated" });
  expect(run.reporter.ofType("task-finished").map(({ task: { id } }) => id)).toEqual([0]);
  expect(run.reporter.ofType("task-interrupted").map(({ task: { id } }) => id)).toEqual([1]);
});

test("it counts as a failure, also where the first ends the run", async () => {
  const run = await startStoppable([task(0), task(1)], { halt: FAIL_FAST });
  const engine = engineOf(run);
  await engine.join();
  await engine.assigned();
  await run.stop(0);
  await engine.next("stop-task");
  engine.say({ type: "not-started", taskId: 0 });
  await engine.next("terminate");
  engine.goodbye();
  expect(await run.outcome).toEqual({ reason: "failed-fast" });
});

test.each<[TaskState | undefined, string]>([
  ["succeeded", "task-settled"],
  ["failed", "task-settled"],
  ["skipped", "task-settled"],
  ["waiting", "task-not-held"],
  ["interrupted", "task-not-held"],
  [undefined, "no-such-task"],
])("a task that is %s is refused: %s", async (state, code) => {
  const detail: TaskDetail | undefined = state && { row: { id: 7, state, attempt: 0 }, attempts: [] };
  const run = await startStoppable([task(0)], {
    watch: {
      view: () => EMPTY_VIEW,
      tasks: async () => ({ rows: [] }),
      task: async () => detail,
      slots: async () => [],
    },
  });
  expect(await run.stop(7)).toEqual({ type: "refused", code, id: 7 });
  expect(run.reporter.ofType("task-stopping")).toEqual([]);
});

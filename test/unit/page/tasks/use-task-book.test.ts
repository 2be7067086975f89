import { afterEach, describe, expect, test, vi } from "vitest";
import type { TaskList } from "../../../../src/web/api/answers.ts";
import { type LiveRun, runFrom } from "../../../../src/page/api/live-run.ts";
import { filtersOf } from "../../../../src/page/tasks/task-filters.ts";
import { type ShownBook, useTaskBook } from "../../../../src/page/tasks/use-task-book.ts";
import { HookStage } from "../../../support/hook-stage.ts";
import { runDocument } from "../../../support/web-fixture/fake-answers.ts";
import { fakeRuns } from "../../../support/web-fixture/fake-runs.ts";

const [fake] = fakeRuns(["live"]);
if (fake === undefined) throw new Error("the fixture has no live run");
const run = runFrom(runDocument(fake, true), 0);

/** The first 200 of 1000 tasks. */
const PAGE: TaskList = {
  tasks: Array.from({ length: 200 }, (_, id) => ({ id, state: "succeeded", attempt: 1 })),
  total: 1000,
  truncated: true,
  cursor: "next",
};

describe("a list of tasks", () => {
  let stage: HookStage<string, ShownBook>;
  afterEach(() => stage.close());

  async function shown(): Promise<void> {
    stage = new HookStage((query) => useTaskBook(run, filtersOf(new URLSearchParams(query)), false));
    await stage.show("state=failed");
    await stage.asked[0]?.answer(PAGE);
    expect(stage.result.book?.total).toBe(1000);
  }

  test("that is about to be replaced asks for nothing where it is scrolled", async () => {
    await shown();
    await stage.show("state=running");
    await stage.do(({ sight }) => sight(200, 230));
    expect(stage.result).toMatchObject({ isLoading: true, problem: undefined });
    expect(stage.urls).toHaveLength(2);
  });

  test("is not asked for anew while it is on its way, and then with a pause, also when the clock was set back", async () => {
    const further = (started: number): LiveRun => ({
      ...run,
      view: { ...run.view, tasks: { ...run.view.tasks, running: started } },
    });
    const live = new HookStage((given: LiveRun) => useTaskBook(given, filtersOf(new URLSearchParams()), false));
    await live.show(further(1));
    await live.show(further(2));
    for (let i = 0; i < 5; i++) await live.pass(1000);
    expect(live.urls).toHaveLength(1);
    await live.asked[0]?.answer(PAGE);
    expect(live.result.book?.total).toBe(1000);
    await live.pass(1000);
    expect(live.urls).toHaveLength(1);
    vi.setSystemTime(Date.now() - 3_600_000);
    for (let i = 0; i < 2; i++) await live.pass(1000);
    expect(live.urls).toHaveLength(2);
    live.close();
  });

  test("is forgotten when that of other filters does not come", async () => {
    await shown();
    await stage.show("state=running");
    await stage.asked[1]?.fail();
    expect(stage.result.book).toBeUndefined();
    expect(stage.result.problem?.code).toBe("unreachable");
  });
});

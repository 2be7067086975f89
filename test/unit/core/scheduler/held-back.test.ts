import { expect, test } from "vitest";
import { needing, NeedsRun, plain } from "./needs-run.ts";

test.each([
  ["alike", [plain(0), plain(1), plain(2)]],
  ["of different needs", [needing(0, "cores=1"), needing(1, "memory=1G"), plain(2)]],
] as const)("an engine that is held back is given nothing until it is not, of tasks that are %s", (_how, items) => {
  const run = new NeedsRun(items, [{ slots: 1, capacity: { mostTasks: 1 } }]);
  expect(run.on(0)).toEqual([0]);
  run.setHeldBack(0, true);
  run.finish(0);
  expect([run.on(0), run.end]).toEqual([[], undefined]);
  run.setHeldBack(0, false);
  expect(run.on(0)).toEqual([1]);
  expect(run.drain().end).toBe("done");
});

import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { WebFollowed } from "../../../src/cli/web-followed.ts";
import { doneOf } from "../../../src/domain/task-tally.ts";
import { findRun } from "../../../src/run/files/find-run.ts";
import { scratchFile } from "../../unit/records/ledger/scratch.ts";
import { statusFile } from "../../unit/records/statusfile/records.ts";

const MANY = 60_000;
const BEGAN = 1_700_000_000;

test("a run that is over is shown while its records are read, and how far they have been, until all is there", async () => {
  const status = scratchFile("run_status.txt");
  const lines = Array.from({ length: MANY }, (_, id) => ({
    ...{ id, line: id + 1, node: "n1", start: BEGAN + id, finish: BEGAN + id + 1, command: "true" },
  }));
  writeFileSync(status, statusFile(...lines));
  const files = findRun(path.basename(status), path.dirname(status));
  let goOn: () => void = () => undefined;
  const calm = new Promise<void>((resolve) => (goOn = resolve));
  const run = await WebFollowed.open({ words: ["disbatch"], contact: files.contact }, files, () => calm);
  onTestFinished(() => run.close());
  expect(run.link).toEqual({ state: "reading", share: expect.closeTo(0.5, 0) });
  expect(run.view).toMatchObject({ phase: "running", estimate: undefined, stalls: [] });
  expect(doneOf(run.view.tasks)).toBeLessThan(MANY);
  const told: string[] = [];
  const over = new Promise<void>((resolve) => {
    run.listen(() => {
      told.push(run.link.state);
      if (run.link.state === "over") resolve();
    });
  });
  goOn();
  await over;
  expect(told.slice(0, -1).every((state) => state === "reading")).toBe(true);
  expect(run.view).toMatchObject({ phase: "ended", tasks: { succeeded: MANY } });
});

import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { TaskOutput } from "../../../../src/domain/task-files.ts";
import { putInPlace } from "../../../../src/files/outputs/put-in-place.ts";
import { callsUntil, watchedCalls } from "./cut-off-calls.ts";
import { file, folder, OutputTree } from "./output-tree.ts";

const MEMORY = "/dev/shm";
const MOST = 300;
/** A folder in memory is another file system than that of temporary files, nearly everywhere. */
const hasTwo = existsSync(MEMORY) && statSync(MEMORY).dev !== statSync(tmpdir()).dev;

/** Outputs of one task on two file systems. */
function treeOnTwo(): { tree: OutputTree; outputs: readonly TaskOutput[]; there: string } {
  const there = mkdtempSync(path.join(MEMORY, "disbatch-outputs-"));
  onTestFinished(() => rmSync(there, { recursive: true, force: true }));
  const outputs = [file("a", "a"), file("b", path.join(there, "x/b")), folder("c", path.join(there, "c"))];
  return { tree: new OutputTree(), outputs, there };
}

test.runIf(hasTwo)("outputs on another file system are written beside their places", async () => {
  const { tree, outputs, there } = treeOnTwo();
  const staged = await tree.stage(outputs);
  expect(staged.outputs[1]?.made).toBe(path.join(there, ".disbatch/abc/7.1/b/b"));
  tree.make(staged, "new");
  await putInPlace(
    staged,
    watchedCalls(() => undefined),
  );
  expect(tree.standing(outputs)).toBe("new");
  expect(readdirSync(there).toSorted()).toEqual(["c", "x"]);
});

test.runIf(hasTwo)(
  "sets on two file systems are old or new after the next start, whichever change was the last",
  async () => {
    const seen = new Set<string>();
    for (let last = 0; last < MOST; last++) {
      const { tree, outputs, there } = treeOnTwo();
      tree.putOld(outputs);
      const calls = callsUntil(last);
      await tree.run(outputs, "new", calls).catch(() => undefined);
      for (let more = 0; more < 3; more++) await tree.settle(callsUntil(last % (5 * (more + 1))));
      await tree.settle();
      expect(["old", "new"], `after ${last} changes`).toContain(tree.standing(outputs));
      seen.add(tree.standing(outputs));
      expect(tree.isClean, `after ${last} changes`).toBe(true);
      const left = readdirSync(there).filter((name) => !["c", "x"].includes(name));
      // Whoever dies between listing a folder and making it, or removing the last that is in it, leaves no more than an empty one.
      expect(left.filter((name) => name !== ".disbatch")).toEqual([]);
      if (calls.changes() <= last) break;
    }
    expect(seen).toEqual(new Set(["old", "new"]));
  },
);

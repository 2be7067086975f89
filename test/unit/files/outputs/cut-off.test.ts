import { describe, expect, test } from "vitest";
import type { TaskOutput } from "../../../../src/domain/task-files.ts";
import { putInPlace } from "../../../../src/files/outputs/put-in-place.ts";
import { callsUntil, CutOff, watchedCalls } from "./cut-off-calls.ts";
import { file, folder, OutputTree } from "./output-tree.ts";

/** Changes that no attempt gets to. */
const MOST = 200;

const SETS: ReadonlyArray<readonly [what: string, outputs: readonly TaskOutput[]]> = [
  ["a file", [file("a", "a.csv")]],
  ["a folder", [folder("a", "plots/all")]],
  ["two files", [file("a", "data/a.csv"), file("b", "b.csv")]],
  ["a file, two folders and a file", [file("a", "x/a"), folder("b", "x/b"), folder("c", "c"), file("d", "y/z/d")]],
];
const BEFORE = ["none", "old"] as const;

const CASES = SETS.flatMap(([what, outputs]) => BEFORE.map((before) => ({ what, outputs, before })));

function treeWith(outputs: readonly TaskOutput[], before: (typeof BEFORE)[number]): OutputTree {
  const tree = new OutputTree();
  if (before === "old") tree.putOld(outputs);
  return tree;
}

/** What comes of something that may be cut off. */
async function untilCutOff(doing: Promise<unknown>): Promise<"cut off" | "done" | "failed"> {
  return doing.then(
    () => "done" as const,
    (error: unknown) => (isCutOff(error) ? "cut off" : "failed"),
  );
}

function isCutOff(error: unknown): boolean {
  return error instanceof CutOff || (error instanceof Error && error.cause !== undefined && isCutOff(error.cause));
}

describe.each(CASES)("$what, with $before before,", ({ outputs, before }) => {
  test("is old or new after the next start, whichever change was the last of the one who put it in place", async () => {
    const seen = new Set<string>();
    for (let last = 0; last < MOST; last++) {
      const tree = treeWith(outputs, before);
      const calls = callsUntil(last);
      const end = await untilCutOff(tree.run(outputs, "new", calls));
      expect(end).not.toBe("failed");
      await tree.settle();
      const standing = tree.standing(outputs);
      expect([before, "new"], `after ${last} changes`).toContain(standing);
      expect([tree.isClean, tree.warnings], `after ${last} changes`).toEqual([true, []]);
      seen.add(standing);
      if (end === "done" && calls.changes() <= last) break;
      expect(last).toBeLessThan(MOST - 1);
    }
    expect(seen).toEqual(new Set([before, "new"]));
  });

  test("is old or new also when those are cut off that settle it, one after the other", async () => {
    for (let last = 0; last < MOST; last++) {
      const tree = treeWith(outputs, before);
      if ((await untilCutOff(tree.run(outputs, "new", callsUntil(last)))) === "done") break;
      for (let more = 0; more < MOST; more++) {
        const calls = callsUntil(more);
        await tree.settle(calls);
        if (calls.changes() <= more) break;
      }
      expect([before, "new"], `after ${last} changes`).toContain(tree.standing(outputs));
      expect(tree.isClean, `after ${last} changes`).toBe(true);
    }
  });

  test("is as it was when one of the changes fails, and nothing is left", async () => {
    let failed = 0;
    for (let nth = 1; nth < MOST; nth++) {
      const tree = treeWith(outputs, before);
      const staged = await tree.stage(outputs);
      tree.make(staged, "new");
      const calls = watchedCalls((change) => {
        if (change === nth) throw Object.assign(new Error("EIO: i/o error, write"), { code: "EIO", errno: -5 });
      });
      const end = await untilCutOff(putInPlace(staged, calls));
      await tree.settle();
      expect(tree.standing(outputs), `change ${nth}`).toBe(end === "done" ? "new" : before);
      expect(tree.isClean).toBe(true);
      if (end === "failed") failed++;
      if (calls.changes() < nth) break;
    }
    expect(failed).toBeGreaterThan(0);
  });
});

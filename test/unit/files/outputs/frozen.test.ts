import { describe, expect, test } from "vitest";
import type { FileCalls } from "../../../../src/files/outputs/file-calls.ts";
import { putInPlace } from "../../../../src/files/outputs/put-in-place.ts";
import { callsUntil, watchedCalls } from "./cut-off-calls.ts";
import { file, folder, OutputTree } from "./output-tree.ts";

const MOST = 200;
const OUTPUTS = [file("a", "a.csv"), folder("b", "plots/b")];

/** A process that is frozen before its nth change, until it thaws. */
class FrozenAt {
  readonly calls: FileCalls;
  /** Resolves when it is frozen. */
  readonly isFrozen: Promise<"frozen">;
  thaw: () => void = () => undefined;

  constructor(nth: number) {
    let freeze: (what: "frozen") => void;
    this.isFrozen = new Promise((resolve) => (freeze = resolve));
    const thawed = new Promise<void>((resolve) => (this.thaw = resolve));
    this.calls = watchedCalls(async (change) => {
      if (change !== nth) return;
      freeze("frozen");
      await thawed;
    });
  }
}

/** An engine that has been out of touch for so long that it puts nothing in place any more which it has not begun with. */
interface Lease {
  isOver: boolean;
}

/** What an attempt makes and puts in place. @param lease of its engine. */
async function attempt(
  tree: OutputTree,
  nth: number,
  content: string,
  calls: FileCalls,
  lease: Lease = { isOver: false },
): Promise<"put" | "not"> {
  try {
    const staged = await tree.stage(OUTPUTS, nth, calls);
    if (lease.isOver) return "not";
    tree.make(staged, content);
    await putInPlace(staged, calls);
    return "put";
  } catch {
    return "not";
  }
}

describe.each(["none", "old"])("two attempts of a task, with %s before,", (before) => {
  const treeNow = (): OutputTree => {
    const tree = new OutputTree();
    if (before === "old") tree.putOld(OUTPUTS);
    return tree;
  };

  test("the second one's are there, wherever the first is frozen until it has put them in place", async () => {
    for (let nth = 1; nth < MOST; nth++) {
      const tree = treeNow();
      const frozen = new FrozenAt(nth);
      const lease = { isOver: false };
      const first = attempt(tree, 1, "first", frozen.calls, lease);
      const end = await Promise.race([first, frozen.isFrozen]);
      expect(await attempt(tree, 2, "second", callsUntil(MOST))).toBe("put");
      lease.isOver = true;
      frozen.thaw();
      await first;
      expect(tree.standing(OUTPUTS), `thawed at change ${nth}`).toBe("second");
      await tree.settle();
      expect([tree.standing(OUTPUTS), tree.isClean]).toEqual(["second", true]);
      if (end !== "frozen") return;
    }
    expect.unreachable();
  });

  test("all are of one of them, wherever the first is frozen until the second is somewhere on its way", async () => {
    for (let nth = 1; nth < MOST; nth += 2) {
      let isFrozen = false;
      for (let then = 1; then < MOST; then++) {
        const tree = treeNow();
        const frozen = [new FrozenAt(nth), new FrozenAt(then)] as const;
        const lease = { isOver: false };
        const first = attempt(tree, 1, "first", frozen[0].calls, lease);
        isFrozen = (await Promise.race([first, frozen[0].isFrozen])) === "frozen";
        const second = attempt(tree, 2, "second", frozen[1].calls);
        const end = await Promise.race([second, frozen[1].isFrozen]);
        lease.isOver = true;
        frozen[0].thaw();
        await first;
        frozen[1].thaw();
        const is = await second;
        const standing = tree.standing(OUTPUTS);
        expect(is === "put" ? ["second"] : [before, "first"], `frozen at ${nth}, then at ${then}`).toContain(standing);
        await tree.settle();
        expect(tree.standing(OUTPUTS), `settled, frozen at ${nth}, then at ${then}`).toBe(standing);
        expect(tree.isClean).toBe(true);
        if (end !== "frozen") break;
      }
      if (!isFrozen) return;
    }
    expect.unreachable();
  }, 120_000);

  test("all are of one of them when the run is settled while the first is frozen", async () => {
    for (let nth = 1; nth < MOST; nth++) {
      const tree = treeNow();
      const frozen = new FrozenAt(nth);
      const lease = { isOver: false };
      const first = attempt(tree, 1, "first", frozen.calls, lease);
      const end = await Promise.race([first, frozen.isFrozen]);
      await tree.settle();
      const settled = tree.standing(OUTPUTS);
      expect([before, "first"]).toContain(settled);
      lease.isOver = true;
      frozen.thaw();
      await first;
      expect(tree.standing(OUTPUTS), `thawed at change ${nth}`).toBe(settled);
      await tree.settle();
      expect([tree.standing(OUTPUTS), tree.isClean]).toEqual([settled, true]);
      if (end !== "frozen") return;
    }
    expect.unreachable();
  });
});

test("what could not go on is all old or all new, wherever it is cut off on its way back", async () => {
  for (let nth = 1; nth < MOST; nth++) {
    let isOver = false;
    for (let more = 0; more < MOST; more++) {
      const tree = new OutputTree();
      tree.putOld(OUTPUTS);
      const staged = await tree.stage(OUTPUTS);
      tree.make(staged, "new");
      let isCutOff = false;
      const cut = callsUntil(nth + more);
      const calls = watchedCalls(async (change) => {
        if (change === nth) throw Object.assign(new Error("EIO: i/o error, rename"), { code: "EIO" });
        if (change > nth + more) {
          isCutOff = true;
          await cut.unlink("never");
        }
      });
      const end = await putInPlace(staged, calls).then(
        () => "new",
        () => "old",
      );
      await tree.settle();
      const wanted = isCutOff ? ["old", "new"] : [end];
      expect(wanted, `failed at ${nth}, ${more} more`).toContain(tree.standing(OUTPUTS));
      expect(tree.isClean).toBe(true);
      isOver = calls.changes() < nth;
      if (calls.changes() <= nth + more) break;
    }
    if (isOver) return;
  }
});

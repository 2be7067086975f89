import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { type InstancePage, pagesInSight, rowsOf, withPage } from "../../../../src/page/graph/instance-pages.ts";
import { type Instances, useInstances } from "../../../../src/page/graph/use-instances.ts";
import { HookStage } from "../../../support/hook-stage.ts";

const instance = (name: string, state = "running") => ({ name, state });
const cursorOf = (url: string): string | null => new URLSearchParams(url.split("?")[1]).get("cursor");

describe("instances of a template", () => {
  let stage: HookStage<string, Instances>;
  afterEach(() => stage.close());

  /** Instances whose names have an `a`, of which there are more. */
  async function shown(): Promise<void> {
    stage = new HookStage((q) => useInstances("run", { q }, { every: 2, stage: "live" }));
    await stage.show("a");
    await stage.asked[0]?.answer({
      instances: [{ name: "a1", state: "running" }],
      truncated: true,
      cursor: "after-a1",
    });
  }

  const names = (): string[] | undefined => stage.result.rows?.map(({ name }) => name);

  test("come a page after the other", async () => {
    await shown();
    await stage.do(({ sight }) => sight(0, 2));
    expect(stage.urls[1]).toContain("q=a&limit=200&cursor=after-a1");
    await stage.asked[1]?.answer({ instances: [{ name: "a2", state: "running" }], truncated: false });
    expect(names()).toEqual(["a1", "a2"]);
    expect(stage.result.hasMore).toBe(false);
  });

  test("are not those of another question when the one that was asked last fails", async () => {
    await shown();
    await stage.show("b");
    expect(names()).toEqual(["a1"]);
    await stage.asked[1]?.fail();
    expect(names()).toBeUndefined();
    expect(stage.result.problem?.code).toBe("unreachable");
    await stage.do(({ sight }) => sight(0, 2));
    expect(stage.urls).toHaveLength(2);
    await stage.do(({ again }) => again());
    expect(stage.urls[2]).toBe("/api/v1/runs/run/graph/instances?q=b&limit=200");
  });

  test("stay when more of them do not come, which are not asked for without a pause", async () => {
    await shown();
    await stage.do(({ sight }) => sight(0, 2));
    await stage.asked[1]?.fail();
    expect(names()).toEqual(["a1"]);
    for (let i = 3; i < 20; i++) await stage.do(({ sight }) => sight(0, i));
    expect(stage.urls).toHaveLength(2);
    await stage.pass(2000);
    expect(stage.urls).toHaveLength(3);
    await stage.asked[2]?.answer({ instances: [instance("a1")], truncated: true, cursor: "after-a1" });
    expect(stage.result.problem).toBeUndefined();
    expect(stage.urls[3]).toContain("cursor=after-a1");
  });

  test("are asked for anew while the run goes on, those in sight, and a slow answer is waited for", async () => {
    await shown();
    await stage.do(({ sight }) => sight(0, 2));
    await stage.asked[1]?.answer({ instances: [instance("a2"), instance("a3")], truncated: true, cursor: "after-a3" });
    await stage.do(({ sight }) => sight(2, 3));
    await stage.pass(9000);
    expect(stage.urls.slice(2).map(cursorOf)).toEqual(["after-a1"]);
    await stage.asked[2]?.answer({ instances: [instance("a2", "done"), instance("a3")], truncated: false });
    expect(stage.result.rows?.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "a1 running",
      "a2 done",
      "a3 running",
    ]);
    expect(stage.result.hasMore).toBe(false);
  });
});

test("of a list that changes while it is read, no row is missing and none stands there twice", () => {
  const LAST = 60;
  /** A page of at most five rows of those that are there, from a place on. */
  const pageOf = (there: ReadonlySet<number>, from: number): InstancePage => {
    const found = [...there].filter((i) => i >= from).toSorted((a, b) => a - b);
    return {
      rows: found.slice(0, 5).map((i) => instance(String(i))),
      next: found[5] === undefined ? undefined : String(found[5]),
    };
  };
  const step = fc.record({ changes: fc.array(fc.nat(LAST), { maxLength: 5 }), sight: fc.nat(LAST) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const stays = Array.from({ length: LAST }, (_, i) => i).filter((i) => i % 3 === 0);
      const there = new Set(stays);
      let pages: readonly InstancePage[] = [pageOf(there, 0)];
      for (const { changes, sight } of steps) {
        for (const i of changes) if (i % 3 !== 0 && !there.delete(i)) there.add(i);
        const inSight = pagesInSight(pages, { first: sight, end: sight + 3 });
        for (const number of [...inSight, pages.length]) {
          const before = pages[number - 1];
          if (number > 0 && before?.next === undefined) continue;
          pages = withPage(pages, number, pageOf(there, Number(before?.next ?? 0)));
        }
        const shown = rowsOf(pages).map(({ name }) => Number(name));
        expect(shown).toEqual([...new Set(shown)].toSorted((a, b) => a - b));
        const last = shown.at(-1) ?? 0;
        expect(shown.filter((i) => i % 3 === 0)).toEqual(stays.filter((i) => i <= last));
      }
    }),
  );
});

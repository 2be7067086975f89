import { afterEach, describe, expect, test } from "vitest";
import { type Instances, useInstances } from "../../../../src/page/graph/use-instances.ts";
import { HookStage } from "../../../support/hook-stage.ts";

describe("instances of a template", () => {
  let stage: HookStage<string, Instances>;
  afterEach(() => stage.close());

  /** Instances whose names have an `a`, of which there are more. */
  async function shown(): Promise<void> {
    stage = new HookStage((q) => useInstances("run", { q }));
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
    await stage.do(({ need }) => need(2));
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
    await stage.do(({ need }) => need(2));
    expect(stage.urls).toHaveLength(2);
    await stage.do(({ again }) => again());
    expect(stage.urls[2]).toBe("/api/v1/runs/run/graph/instances?q=b&limit=200");
  });

  test("stay when more of them do not come", async () => {
    await shown();
    await stage.do(({ need }) => need(2));
    await stage.asked[1]?.fail();
    expect(names()).toEqual(["a1"]);
    await stage.do(({ need }) => need(2));
    expect(stage.urls[2]).toContain("cursor=after-a1");
  });
});

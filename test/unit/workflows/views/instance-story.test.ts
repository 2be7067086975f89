import { describe, expect, test } from "vitest";
import type { InstanceState } from "../../../../src/domain/instance-state.ts";
import { storyLines } from "../../../../src/faces/workflow/story-lines.ts";
import { instanceStory } from "../../../../src/workflows/views/instance-story.ts";
import { template } from "../../../support/workflow.ts";
import { generatedAxis, instancesOf, listAxis, need, standingOf, workflow } from "./pretended-workflow.ts";

const WEATHER = workflow(
  [listAxis("day", "1", "2", "3")],
  [
    template("fetch", { axes: [0] }),
    template("clean", { axes: [0], alternatives: [[need("fetch", "day")]] }),
    template("report", { alternatives: [[need("clean")]] }),
    template("tell", { alternatives: [[need("report")]], condition: "always" }),
  ],
);
const instances = instancesOf(WEATHER);
const REPORT = { template: 2, index: 0 };

function story(states: Readonly<Record<string, InstanceState>>, at = REPORT): ReturnType<typeof instanceStory> {
  return instanceStory(standingOf(instances, states), at);
}

describe("why an instance stands where it stands", () => {
  test("is told from what it needs down to the first cause", () => {
    const states = {
      "fetch[day=2]": "failed",
      "clean[day=1]": "done",
      "clean[day=2]": "blocked",
      report: "blocked",
    } as const;
    expect(story(states).because).toEqual([
      { name: "clean[day=2]", state: "blocked" },
      { name: "fetch[day=2]", state: "failed" },
    ]);
  });

  test("is the nearest to its end of what it waits for", () => {
    const states = {
      ...({ "fetch[day=1]": "done", "fetch[day=2]": "running", "fetch[day=3]": "waiting" } as const),
      ...({ "clean[day=1]": "running", "clean[day=2]": "waiting", report: "waiting" } as const),
    } as const;
    expect(story(states).because).toEqual([{ name: "clean[day=1]", state: "running" }]);
    expect(story(states, { template: 1, index: 1 }).because).toEqual([{ name: "fetch[day=2]", state: "running" }]);
  });

  test("is nothing for what is done, or not wanted", () => {
    expect(story({ report: "done" }).because).toEqual([]);
    expect([story({}).state, story({}).because]).toEqual([undefined, []]);
  });

  test("counts what it needs and what needs it, and lists first what has not succeeded", () => {
    const {
      needs,
      neededBy,
      template: name,
    } = story({ "clean[day=1]": "done", "clean[day=3]": "failed", tell: "waiting" });
    expect(name).toBe("report");
    expect(needs).toEqual({
      count: 3,
      counts: { done: 1, failed: 1 },
      list: [
        { name: "clean[day=3]", state: "failed" },
        { name: "clean[day=1]", state: "done" },
        { name: "clean[day=2]", state: undefined },
      ],
    });
    expect(neededBy.list).toEqual([{ name: "tell", state: "waiting" }]);
  });

  test("is the generator whose values are missing", () => {
    const generated = workflow(
      [generatedAxis("day", "days")],
      [
        template("days", { generates: { kind: "axis", axis: "day" } }),
        template("fetch", { axes: [0] }),
        template("report", { alternatives: [[need("fetch")]] }),
      ],
    );
    const known = instancesOf(generated, { day: ["1"] });
    const at = { template: 2, index: 0 };
    const because = (states: Readonly<Record<string, InstanceState>>): unknown =>
      instanceStory(standingOf(known, states), at).because;
    expect(because({ days: "failed", "fetch[day=1]": "done", report: "blocked" })).toEqual([
      { name: "days", state: "failed" },
    ]);
    expect(because({ days: "running", "fetch[day=1]": "done", report: "waiting" })).toEqual([
      { name: "days", state: "running" },
    ]);
  });

  test("is the values of the first that others keep, where its task says when", () => {
    const known = { ...instances, leftOutBy: (number: number) => (number === 1 ? ("needs" as const) : undefined) };
    const told = instanceStory(standingOf(known, { "clean[day=2]": "blocked", report: "blocked" }), REPORT);
    expect(told.because).toEqual([{ name: "clean[day=2]", state: "blocked" }]);
    expect(told.leftOutBy).toBe("needs");
    expect(storyLines(told)).toContain("  which is so because none of its needs is for its values (when)");
    const skipped = { ...instances, leftOutBy: () => "when" as const };
    const own = instanceStory(standingOf(skipped, { report: "skipped" }), REPORT);
    expect(storyLines(own)).toContain("  because the when of its task has other values");
    expect(instanceStory(standingOf(skipped, { report: "done" }), REPORT).leftOutBy).toBeUndefined();
  });

  test("lists few of very many", () => {
    const many = workflow(
      [listAxis("n", ...Array.from({ length: 5000 }, (_, n) => String(n)))],
      [template("a", { axes: [0] }), template("b", { alternatives: [[need("a")]] })],
    );
    const known = instancesOf(many);
    const fast = { ...known, parents: () => Array.from({ length: 5000 }, (_, index) => ({ template: 0, index })) };
    const { needs } = instanceStory({ instances: fast, stateOf: () => "done" }, { template: 1, index: 0 });
    expect([needs.count, needs.list.length, needs.counts]).toEqual([5000, 10, { done: 5000 }]);
  });
});

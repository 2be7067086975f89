import { describe, expect, test } from "vitest";
import { instancesOf, listedTallies, type TemplateTally } from "../../../src/domain/instance-state.ts";

function tally(name: string, counts: TemplateTally["counts"]): TemplateTally {
  return { name, counts, isGrowing: false };
}

describe("the templates of a workflow", () => {
  test("are all listed where there are few", () => {
    const all = [tally("a", { done: 1 }), tally("b", { waiting: 1 })];
    expect(listedTallies(all)).toEqual({ list: all, more: 0 });
  });

  test("are listed by what somebody wants to hear of, in the order of the document, where there are many", () => {
    const all = [
      tally("a", { done: 1 }),
      tally("b", { failed: 1 }),
      tally("c", { waiting: 1 }),
      tally("d", { running: 1, done: 3 }),
    ];
    expect(listedTallies(all, 3)).toEqual({ list: [all[0], all[1], all[3]], more: 1 });
    expect(listedTallies(all, 2)).toEqual({ list: [all[1], all[3]], more: 2 });
  });

  test("have as many instances as stand anywhere", () => {
    expect(instancesOf(tally("a", { done: 3, failed: 1, waiting: 4 }))).toBe(8);
    expect(instancesOf(tally("a", {}))).toBe(0);
  });
});

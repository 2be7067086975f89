import { expect, test } from "vitest";
import { Quotas } from "../../../../src/core/driver/quotas.ts";

function context(label: string, taskLimit: number) {
  return { label, nodes: [], taskLimit };
}

test("a context has what its limit leaves, or as much as it likes", () => {
  const quotas = new Quotas();
  quotas.add(context("limited", 5), 2);
  quotas.add(context("free", 0), 2);
  expect([quotas.of("limited").left, quotas.of("free").left]).toEqual([3, Infinity]);
  expect([quotas.has("free"), quotas.has("none")]).toEqual([true, false]);
  expect(() => quotas.of("none")).toThrow("none");
});

test("those that have taken all that they may are named", () => {
  const quotas = new Quotas();
  quotas.add(context("one", 2), 2);
  quotas.add(context("other", 2), 1);
  expect(quotas.exhausted()).toEqual(["context one has taken the 2 tasks that -C allows it"]);
});

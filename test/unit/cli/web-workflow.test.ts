import { expect, it, onTestFinished, vi } from "vitest";
import { WebWorkflow } from "../../../src/cli/web-workflow.ts";

const MANY = 10_000;

/** A template with so many instances, all of which are done. */
function workflowOf(count: number): WebWorkflow {
  const standing = {
    workflow: { templates: [{ name: "a" }] },
    instances: { size: () => count, has: () => true, nameOf: (_: number, index: number) => `a/${index}` },
    stateOf: () => "done",
    idOf: ({ index }: { readonly index: number }) => index,
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody looks for more than that
  return new WebWorkflow({ standing: { read: () => Promise.resolve(standing as never) }, told: () => undefined });
}

it("a search in many instances gives way to others", async () => {
  let now = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now++);
  onTestFinished(() => clock.mockRestore());
  let isThere = false;
  const list = workflowOf(MANY).instances({ template: "a", text: "99", limit: 2 });
  void list.then(() => (isThere = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(isThere).toBe(false);
  const { instances, total, cursor } = await list;
  expect([instances.map(({ name }) => name), total, cursor]).toEqual([["a/99", "a/199"], 280, "299"]);
});

import { expect, test } from "vitest";
import { Refused } from "../../../../src/domain/control.ts";
import { Contexts } from "../../../../src/core/pool/contexts.ts";

const CONTEXT = { label: "SSH1", nodes: [], taskLimit: 0 };

test("a label is given once", () => {
  const contexts = new Contexts();
  contexts.add(CONTEXT);
  expect(() => contexts.add(CONTEXT)).toThrow(Refused);
  expect([contexts.has("SSH1"), contexts.has("SSH2")]).toEqual([true, false]);
});

test("a free label is the wish, or the wish with a number, or one for hosts over SSH", () => {
  const contexts = new Contexts();
  contexts.add(CONTEXT);
  expect([contexts.freeLabel("job"), contexts.freeLabel("SSH1"), contexts.freeLabel()]).toEqual([
    "job",
    "SSH1-1",
    "SSH2",
  ]);
});

test("a context that is stopped stays so", () => {
  const contexts = new Contexts();
  contexts.add(CONTEXT);
  contexts.add({ ...CONTEXT, label: "old" }, true);
  expect(["SSH1", "old"].map((label) => contexts.isStopped(label))).toEqual([false, true]);
  contexts.stop("SSH1");
  expect(contexts.isStopped("SSH1")).toBe(true);
});

test("a context whose engines a controller starts is found by its label", () => {
  const contexts = new Contexts();
  contexts.add(CONTEXT);
  const remote = contexts.makeRemote(CONTEXT);
  expect([contexts.remote("SSH1"), contexts.remote("SSH2")]).toEqual([remote, undefined]);
});

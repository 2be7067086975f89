import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Tree } from "./mutated-tree.ts";

/** A folder with a document of these tasks. */
function treeOf(tasks: string, files: Readonly<Record<string, string>> = {}): Tree {
  const base = mkdtempSync(path.join(tmpdir(), "disbatch-files-"));
  onTestFinished(() => rmSync(base, { recursive: true }));
  return new Tree(path.join(base, "tree"), { "flow.yaml": `name: flow\ntasks:\n${tasks}`, ...files });
}

test("what has failed is retried though its files are there from before, as far as it is wanted", async () => {
  const tree = treeOf(
    `  a: {inputs: {s: {file: src.txt}}, run: cat "$IN_s" > "$OUT_f", outputs: {f: a.txt}, doneWhen: newer}
  b: {inputs: {f: a.f}, run: cat "$IN_f" > "$OUT_g"; test ! -e broken, outputs: {g: b.txt}, doneWhen: outputs}
  c: {run: touch "$OUT_f", outputs: {f: c.txt}, doneWhen: outputs}
`,
    { "src.txt": "one" },
  );
  expect(await tree.run()).toEqual(["a", "b", "c"]);
  tree.write("broken", "");
  tree.touch("src.txt", 10);
  expect(await tree.run()).toEqual(["a", "b"]);
  tree.remove("broken");
  tree.touch("a.txt", 10, "src.txt");
  expect(await tree.run()).toEqual([]);
  expect(await tree.run({ goals: ["c"], retriesFailed: true })).toEqual([]);
  expect(await tree.run({ retriesFailed: true })).toEqual(["b"]);
  expect(tree.explain(["b"])).toEqual({ b: "because it had failed" });
  expect(await tree.run({ retriesFailed: true })).toEqual([]);
});

test("what runs whatever comes of others is reused, also when these have just made what it is made from", async () => {
  const tree = treeOf(
    `  a: {inputs: {s: {file: src.txt}}, run: cat "$IN_s" > "$OUT_f", outputs: {f: a.txt}, cache: true}
  b: {inputs: {f: a.f}, if: always, run: cat "$IN_f" > "$OUT_g", outputs: {g: b.txt}, cache: true}
`,
    { "src.txt": "one" },
  );
  expect(await tree.run()).toEqual(["a", "b"]);
  expect(await tree.run()).toEqual([]);
  tree.write("src.txt", "two");
  expect(await tree.run()).toEqual(["a", "b"]);
  expect(await tree.run()).toEqual([]);
});

test("a cached task of which nothing is recorded runs again, and says so", async () => {
  const tree = treeOf(`  a: {run: echo one > "$OUT_f", outputs: {f: a.txt}, cache: true}\n`);
  expect(await tree.run()).toEqual(["a"]);
  tree.remove("flow_cache.jsonl");
  expect((await tree.plan()).sure).toEqual(["a"]);
  expect(await tree.run()).toEqual(["a"]);
  expect(tree.explain(["a"])).toEqual({ a: "because the record of what it was made from is missing" });
});

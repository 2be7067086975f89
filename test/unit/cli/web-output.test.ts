import { copyFileSync, linkSync, mkdirSync, rmSync, truncateSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { WebOutputs } from "../../../src/cli/web-output.ts";
import type { OutputBlock } from "../../../src/domain/output.ts";
import type { KeptStream } from "../../../src/web/api/answers.ts";
import type { ByteRange } from "../../../src/web/http/byte-range.ts";
import { kept, openStore, printedBy } from "../records/output/output-files.ts";

const STARTED = 100;
const ALL = ({ bytes, missing }: KeptStream): ByteRange => ({ from: 0, to: bytes - missing });

/** Has a run of this start write these blocks to a file. @returns its path. */
async function written(blocks: readonly OutputBlock[], at: number = STARTED, path?: string): Promise<string> {
  const { store, ...file } = openStore({ ...(path === undefined ? {} : { path }), now: () => at + 1 });
  for (const block of blocks) await kept(store, block);
  await store.close();
  return file.path;
}

function outputsOf(path: string, started = STARTED): WebOutputs {
  const outputs = new WebOutputs(path, () => started);
  onTestFinished(() => outputs.close());
  return outputs;
}

async function textOf(outputs: WebOutputs, task: number): Promise<string | undefined> {
  return (await outputs.read(task, "stdout", ALL))?.bytes.toString();
}

test("what is kept names the attempt that has printed it", async () => {
  const outputs = outputsOf(await written([printedBy(3, "first"), printedBy(3, "second!", { attempt: 2 })]));
  const stdout = { bytes: 7, missing: 0, attempt: 2, isEarlierRun: false };
  expect(outputs.kept(3)).toEqual({ stdout });
  expect(await outputs.read(3, "stdout", ALL)).toEqual({ kept: stdout, bytes: Buffer.from("second!") });
});

test("what an earlier run has printed is told from what the run has", async () => {
  const path = await written([printedBy(1, "one"), printedBy(2, "two")], STARTED - 50);
  expect(outputsOf(path).kept(1).stdout).toMatchObject({ attempt: 1, isEarlierRun: true });
  await written([printedBy(1, "again")], STARTED, path);
  const outputs = outputsOf(path);
  expect([outputs.kept(1).stdout?.isEarlierRun, outputs.kept(2).stdout?.isEarlierRun]).toEqual([false, true]);
});

test("an answer is of one attempt, whatever comes and whoever asks meanwhile", async () => {
  const halves = (task: number): OutputBlock[] => [
    printedBy(task, "front ", { bytes: 10 }),
    printedBy(task, "back", { from: 6, bytes: 10 }),
  ];
  const tasks = Array.from({ length: 20 }, (_, task) => task);
  const path = await written(tasks.flatMap(halves));
  const outputs = outputsOf(path);
  const first = outputs.read(0, "stdout", ALL);
  // So many tasks are asked for that the first one is forgotten.
  const others = tasks.slice(1).map((task) => textOf(outputs, task));
  expect((await first)?.bytes.toString()).toBe("front back");
  expect(new Set(await Promise.all(others))).toEqual(new Set(["front back"]));
});

test("a file that another has taken the place of, or that was cut, is read anew", async () => {
  const path = await written([printedBy(1, "long ago"), printedBy(2, "two")]);
  const outputs = outputsOf(path);
  expect(await textOf(outputs, 1)).toBe("long ago");
  const other = await written([printedBy(1, "now")]);
  rmSync(path);
  copyFileSync(other, path);
  expect(await textOf(outputs, 1)).toBe("now");
  truncateSync(path, 0);
  expect(outputs.kept(1)).toEqual({});
  rmSync(path);
  expect(outputs.kept(1)).toEqual({});
});

test("a file that cannot be read takes nothing else of a task away, and says why when it is asked for", async () => {
  const path = await written([printedBy(1, "one")]);
  const unreadable = { code: "output-unreadable" };
  const outputs = outputsOf(path);
  expect(outputs.kept(1).stdout).toMatchObject({ bytes: 3 });
  linkSync(path, `${path}.other`);
  const others = outputsOf(path);
  expect(others.kept(1)).toEqual({});
  await expect(others.read(1, "stdout", ALL)).rejects.toMatchObject(unreadable);
  rmSync(path);
  mkdirSync(path);
  for (const each of [outputs, others]) {
    expect(each.kept(1)).toEqual({});
    await expect(each.read(1, "stdout", ALL)).rejects.toMatchObject(unreadable);
  }
});

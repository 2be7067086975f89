import { expect, test } from "vitest";
import { readDocument } from "../../../../src/workflows/document/read-document.ts";
import type { Template } from "../../../../src/workflows/document/workflow.ts";

async function templates(text: string): Promise<readonly Template[]> {
  return (await readDocument("w.yaml", {}, { read: () => text })).workflow.templates;
}

const AXES = "axes: {day: {from: 1, to: 5}, region: [north, south]}\ntasks:\n  p: {run: x, matrix: [day, region]}\n";

test("values in match replace the rule for their axis, beside shifts of others", async () => {
  const [, a, b] = await templates(
    `${AXES}  a: {run: x, matrix: [day, region], needs: {task: p, match: {region: [north, north], day: day - 1}}}\n` +
      "  b: {run: x, matrix: [region], needs: [{task: p, match: {day: [1, 2]}}]}\n",
  );
  const region = { axis: "region", childAxis: "region", from: 0, to: 0 };
  expect(a?.alternatives[0]?.[0]).toMatchObject({
    match: [{ axis: "day", childAxis: "day", from: -1, to: -1 }],
    values: [{ axis: "region", values: ["north"] }],
  });
  expect(b?.alternatives[0]?.[0]).toMatchObject({ match: [region], values: [{ axis: "day", values: ["1", "2"] }] });
});

test("when stands at needs, at inputs, at what is printed, and at the task itself", async () => {
  const all = await templates(
    "axes: {region: [north, south]}\ntasks:\n  p: {run: x, matrix: [region], outputs: {o: 'o/${region}'}}\n" +
      "  g: {run: x, generates: tasks}\n" +
      "  a: {run: x, matrix: [region], needs: {task: p, when: {region: [north]}}}\n" +
      "  b: {run: x, matrix: [region], inputs: {i: {from: p.o, when: {region: [north]}}}}\n" +
      "  c: {run: x, matrix: [region], needs: {printedBy: g, when: {region: [north]}}}\n" +
      "  d: {run: x, matrix: [region], when: {region: [north]}}\n" +
      "  e: {run: x, matrix: [region], when: [{region: [north]}, {region: [south]}]}\n",
  );
  const north = [{ axis: "region", values: ["north"] }];
  for (const template of all.slice(2, 5)) expect(template.alternatives[0]?.[0]?.when).toEqual(north);
  expect(all[5]?.when).toEqual([north]);
  expect(all[6]?.when).toEqual([north, [{ axis: "region", values: ["south"] }]]);
});

test("a task is the same with when, and another one with a need of other instances", async () => {
  const task = (rest: string): string => `${AXES}  a: {run: x, matrix: [day, region], ${rest}}\n`;
  const prints = async (rest: string): Promise<string | undefined> => (await templates(task(rest))).at(-1)?.fingerprint;
  const plain = await prints("needs: p");
  expect(await prints("needs: p, when: {day: [1]}")).toBe(plain);
  const others = [
    await prints("needs: {task: p, when: {day: [1]}}"),
    await prints("needs: {task: p, when: {day: [2]}}"),
    await prints("needs: {task: p, match: {day: [1]}}"),
    await prints("needs: {task: p, match: {day: [2]}}"),
  ];
  expect(new Set([plain, ...others]).size).toBe(5);
});

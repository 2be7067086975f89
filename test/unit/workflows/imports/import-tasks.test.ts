import { expect, test } from "vitest";
import { importDocument } from "../../../../src/workflows/imports/import-document.ts";
import { printImported } from "../../../../src/workflows/imports/print-imported.ts";
import { mistakesOf } from "../../../support/imports.ts";

const tasksOf = async (text: string): Promise<unknown> =>
  (await importDocument({ format: "tasks", file: "Tasks", text })).document.tasks;

test("each line of a task file is a task with its terms", async () => {
  const text = "echo a\n# comment\necho b #DISBATCH cores=2 retries=3 retry-delay=5s\n";
  expect(await tasksOf(text)).toEqual({
    line_1: { run: "echo a" },
    line_3: { run: expect.stringContaining("echo b"), cores: "2", retries: { max: "3", delay: expect.any(String) } },
  });
});

test("a repeat is an axis with its indexes", async () => {
  const tasks = await tasksOf("#DISBATCH REPEAT 5 start 3 step 2 echo x\n#DISBATCH REPEAT 1 start 7 echo y\n");
  expect(tasks).toEqual({
    line_1: { matrix: { index: { from: 3, to: 11, step: 2 } }, run: expect.stringContaining("echo x") },
    line_2: { matrix: { index: [7] }, run: "export DISBATCH_REPEAT_INDEX=$index\necho y" },
  });
});

test("a repeat of no tasks makes none, and nothing waits for it", async () => {
  const tasks = await tasksOf("#DISBATCH REPEAT 0 echo none\n#DISBATCH BARRIER\necho x\n");
  expect(tasks).toEqual({ line_3: { run: "echo x" } });
  const mistakes = await mistakesOf("tasks", "#DISBATCH REPEAT 0 echo none\n", "Tasks");
  expect(mistakes).toEqual([expect.stringMatching(/^Tasks:1:1: error: no line is a task/)]);
});

test("a barrier is a task that later lines need, and one with CHECK keeps counting", async () => {
  const text = "a\n#DISBATCH BARRIER\nb\n#DISBATCH BARRIER CHECK\nc\n#DISBATCH BARRIER\nd\n";
  expect(await tasksOf(text)).toEqual({
    line_1: { run: "a" },
    barrier_2: { command: ["true"], needs: ["line_1"], if: "always" },
    line_3: { run: "b", needs: ["barrier_2"] },
    barrier_4: { command: ["true"], needs: ["line_3"] },
    line_5: { run: "c", needs: ["barrier_4"] },
    barrier_6: { command: ["true"], needs: ["line_5"], if: "always" },
    line_7: { run: "d", needs: ["barrier_6", "barrier_4"] },
  });
});

test("what a document cannot say is refused with the reason and the place", async () => {
  const text = "#DISBATCH PERENGINE START echo\na\n#DISBATCH BARRIER key\n#DISBATCH NONSENSE\n";
  const mistakes = await mistakesOf("tasks", text, "Tasks");
  expect(mistakes).toEqual([
    expect.stringMatching(/^Tasks:1:1: error: a document has no commands that each engine runs once/),
    expect.stringMatching(/^Tasks:3:1: error: the key of a barrier/),
    expect.stringMatching(/^Tasks:4:11: error: /),
  ]);
});

test("a list of a hundred thousand lines is a document within seconds, on the same lines", async () => {
  const text = Array.from({ length: 100_000 }, (_, i) => `echo ${i} > /dev/null\n`).join("");
  const { text: printed } = await printImported({ format: "tasks", file: "Tasks", text }, false);
  expect(printed.split("\n")[99_999]).toContain('"line_100000":{"run":"echo 99999 > /dev/null"}');
}, 180_000);

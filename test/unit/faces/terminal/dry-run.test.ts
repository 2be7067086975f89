import { expect, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import { termsOfText } from "../../../../src/domain/terms/task-terms.ts";
import { dryRun } from "../../../../src/faces/terminal/dry-run.ts";
import type { StreamItem, Task } from "../../../../src/domain/task.ts";
import { printable } from "../../../../src/domain/printable.ts";

const task = (id: number, command: string): Task => ({ kind: "task", id, line: id + 1, repeatIndex: -1, command });

test("every item is one line, and commands are the bytes that they stand for", async () => {
  const items: StreamItem[] = [
    { kind: "per-engine", when: "start", id: 0, line: 1, command: "mkdir x" },
    { kind: "per-engine", when: "stop", id: 0, line: 2, command: "rmdir x" },
    task(0, "echo \uDCFF\ttab"),
    { ...task(4, "true"), terms: termsOfText("memory=8G cores=2") },
    { kind: "barrier", id: 1, line: 4, check: false, text: "#DISBATCH BARRIER" },
    { kind: "barrier", id: 2, line: 5, check: true, text: "#DISBATCH BARRIER CHECK" },
    {
      kind: "skipped",
      task: { ...task(3, "true"), repeatIndex: 7 },
      previous: {
        ...{ node: "n", pid: 1, ending: exited(0), start: 0, finish: 1, alreadyRecorded: true },
        ...{ output: { bytes: 0, snippet: "" }, error: { bytes: 0, snippet: "" } },
      },
    },
  ];
  const written: Buffer[] = [];
  const source = {
    name: "Tasks",
    next: () => Promise.resolve(items.splice(0, 4)),
    close: () => Promise.resolve(),
  };
  await dryRun(source, (bytes) => Promise.resolve(written.push(bytes) > 0));
  expect(Buffer.concat(written).toString("latin1")).toBe(
    [
      "start\t0\t1\t-1\tmkdir x",
      "stop\t0\t2\t-1\trmdir x",
      "task\t0\t1\t-1\techo \xff\ttab",
      "task\t4\t5\t-1\ttrue\tcores=2 memory=8G",
      "barrier\t1\t4\t-1\t#DISBATCH BARRIER",
      "check\t2\t5\t-1\t#DISBATCH BARRIER CHECK",
      "skip\t3\t4\t7\ttrue",
      "",
    ].join("\n"),
  );
});

test("nothing more is read when nobody wants more", async () => {
  let asked = 0;
  const source = {
    name: "Tasks",
    next: () => Promise.resolve(asked++ < 10 ? [task(asked, "true")] : []),
    close: () => Promise.resolve(),
  };
  let printed = 0;
  await dryRun(source, () => Promise.resolve(++printed < 3));
  expect([asked, printed]).toEqual([3, 3]);
});

test("commands are shown as they are told to be", async () => {
  const items: StreamItem[] = [task(0, "echo \u001b[2J")];
  const written: Buffer[] = [];
  const source = { name: "Tasks", next: () => Promise.resolve(items.splice(0)), close: () => Promise.resolve() };
  await dryRun(source, (bytes) => Promise.resolve(written.push(bytes) > 0), printable);
  expect(Buffer.concat(written).toString()).toBe("task\t0\t1\t-1\techo \\e[2J\n");
});

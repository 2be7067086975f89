import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { termsOfText } from "../../../../src/domain/terms/task-terms.ts";
import { failedItems, type ListedItem, TaskListWriter, taskFileLine } from "../../../../src/faces/report/task-list.ts";
import type { Entry } from "../../../../src/tasks/taskfile/entry.ts";
import { TaskFileParser } from "../../../../src/tasks/taskfile/parser.ts";
import { opened } from "../../records/outcomes/opened.ts";
import { anyCommand, statusFile } from "../../records/statusfile/records.ts";

function entriesIn(bytes: Buffer): readonly Entry[] {
  const parser = new TaskFileParser({ file: "Tasks", lenient: false });
  return [...parser.push(bytes), ...parser.end()];
}

function written(items: Iterable<ListedItem>): string {
  const writer = new TaskListWriter();
  return [...items].flatMap((item) => writer.take(item)).join("");
}

test("whatever a command is, its line is one task, and bash gets the same command", () => {
  fc.assert(
    fc.property(
      anyCommand.filter((command) => !command.includes("\0")),
      fc.integer({ min: -1, max: 1e6 }),
      (command, repeatIndex) => {
        const [entry, ...others] = entriesIn(taskFileLine({ kind: "task", command, repeatIndex }));
        expect(others).toEqual([]);
        const isRepeat = repeatIndex >= 0;
        expect(entry).toMatchObject(isRepeat ? { kind: "repeat", count: 1, start: repeatIndex } : { kind: "command" });
        const text = entry !== undefined && "command" in entry ? entry.command : "";
        const isSame = text === command || text.startsWith("eval $'");
        expect(isSame).toBe(true);
      },
    ),
  );
});

test.each([
  ["printf 'a\nb' # two lines", "a\nb"],
  ["   # nothing but a comment", ""],
  ["printf 'it'\"'\"'s\\n'\n", "it's\n"],
])("bash does what the command %j did", (command, output) => {
  const [entry] = entriesIn(taskFileLine({ kind: "task", command, repeatIndex: -1 }));
  expect(entry?.kind).toBe("command");
  const text = entry?.kind === "command" ? entry.command : "";
  expect(execFileSync("bash", ["-c", text], { encoding: "utf8" })).toBe(output);
});

test("a command that looks like words of REPEAT stays the command", () => {
  const [entry] = entriesIn(taskFileLine({ kind: "task", command: "start 5 engines", repeatIndex: 2 }));
  expect(entry).toMatchObject({ kind: "repeat", start: 2, command: "eval $'start 5 engines'" });
});

test("failed tasks are listed by their last outcome, in order, with the barriers between them", () => {
  const outcomes = opened({
    status: statusFile(
      { id: 5, returnCode: 1, command: "e" },
      { id: 0, returnCode: 1, command: "a" },
      { id: 1, returnCode: 1, command: "b" },
      { kind: "barrier", id: 2, command: "#DISBATCH BARRIER" },
      { id: 3, returnCode: 7, command: "c", repeatIndex: 4 },
      { id: 4, command: "d" },
      { kind: "barrier", id: 6, command: "#DISBATCH BARRIER CHECK" },
      { id: 1, command: "b" },
    ),
  });
  expect(written(failedItems(outcomes))).toBe("a\n#DISBATCH BARRIER\n#DISBATCH REPEAT 1 start 4 c\ne\n");
});

test("a list without a task is empty", () => {
  expect(written([{ kind: "per-engine", when: "start", command: "up" }])).toBe("");
  expect(
    written([
      { kind: "per-engine", when: "start", command: "up" },
      { kind: "task", command: "a", repeatIndex: -1 },
    ]),
  ).toBe("#DISBATCH PERENGINE START up\na\n");
});

test("a directive says terms of the tasks below it, and the next one what has changed", () => {
  const writer = new TaskListWriter();
  const cores = termsOfText("cores=4 license=1");
  const lines = [
    ["a", undefined],
    ["b", cores],
    ["c #DISBATCH gpus=1", cores],
    ["d", undefined],
  ] as const;
  const text = lines
    .flatMap(([command, above]) => writer.take({ kind: "task", command, repeatIndex: -1 }, above))
    .join("");
  expect(text).toBe("a\n#DISBATCH TERMS cores=4 license=1\nb\nc #DISBATCH gpus=1\n#DISBATCH TERMS\nd\n");
});

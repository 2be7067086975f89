import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { Entry } from "../../../src/tasks/taskfile/entry.ts";
import { TaskFileCheck } from "../../../src/tasks/taskfile/task-file-check.ts";
import { parse, parseChunks } from "../tasks/taskfile/parse.ts";
import { fuzz, unlessRefused } from "./fuzz.ts";

const EXAMPLES = path.resolve(import.meta.dirname, "../../../exampleTaskFiles");

const inputs = readdirSync(EXAMPLES).map((name) => readFileSync(path.join(EXAMPLES, name)));
const words = [
  ...[
    "#DISBATCH ",
    "#DISBATCH\t",
    "\n#DISBATCH REPEAT ",
    " start ",
    " step ",
    "BARRIER",
    " CHECK",
    "PERENGINE START x\n",
  ],
  ...["#DISBATCH TERMS ", " #DISBATCH memory=8G", " #DISBATCH ", "gpus=1 ", "retry-on=1-", "'", '"', "\\"],
  ...["PREFIX (", "SUFFIX )", "repeat 5", "\u00a0", "\u2028", "\ufeff", "  ", "\t\t", "\v", "\f", "\r\n"],
];

/** A place is in the file, and indexes are numbers that can be counted with. */
function isSound(entry: Entry, lineCount: number): boolean {
  if (entry.kind === "problem") {
    const { place, message } = entry.diagnostic;
    return place.line >= 1 && place.line <= lineCount && place.column >= 1 && !message.includes("\n");
  }
  if (entry.kind !== "repeat") return true;
  const { count, start, step } = entry;
  return [count, start, step, start + step * Math.max(0, count - 1)].every((number) => Number.isSafeInteger(number));
}

test("whatever a task file has become, it is read the same in any pieces, and only ever refused with a place", async () => {
  await fuzz({ inputs, words, rounds: 1500 }, async (input, pieces) => {
    const lineCount = input.toString("latin1").split("\n").length;
    for (const lenient of [false, true]) {
      const entries = parse(input, lenient);
      expect(parseChunks(pieces, lenient)).toEqual(entries);
      expect(entries.filter((entry) => !isSound(entry, lineCount))).toEqual([]);
      const check = new TaskFileCheck("tasks");
      check.add(entries);
      await unlessRefused(["task-file-refused", "binary-file"], () => check.result());
    }
  });
});

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../../src/domain/errors.ts";
import type { Entry } from "../../../src/taskfile/entry.ts";
import { TaskFileCheck } from "../../../src/taskfile/task-file-check.ts";
import { parse, parseChunks } from "../taskfile/parse.ts";
import { fuzz } from "./fuzz.ts";

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
  ...["PREFIX (", "SUFFIX )", "repeat 5", "\u00a0", "\u2028", "\ufeff", "  ", "\t\t", "\v", "\f", "\r\n"],
];

/** Every place is in the file, and indexes are numbers that can be counted with. */
function checkEntry(entry: Entry, lineCount: number): void {
  if (entry.kind === "problem") {
    const { line, column } = entry.diagnostic.place;
    expect([line >= 1, line <= lineCount, column >= 1, entry.diagnostic.message.includes("\n")]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  } else if (entry.kind === "repeat") {
    const last = entry.start + entry.step * Math.max(0, entry.count - 1);
    expect([entry.count, entry.start, entry.step, last].every(Number.isSafeInteger)).toBe(true);
  }
}

test("whatever a task file has become, it is read the same in any pieces, and only ever refused with a place", async () => {
  await fuzz({ inputs, words, rounds: 1500 }, (input, pieces) => {
    const lineCount = input.toString("latin1").split("\n").length;
    for (const lenient of [false, true]) {
      const entries = parse(input, lenient);
      expect(parseChunks(pieces, lenient)).toEqual(entries);
      for (const entry of entries) checkEntry(entry, lineCount);
      const check = new TaskFileCheck("tasks");
      check.add(entries);
      try {
        check.result();
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }
  });
});

import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { shellWords } from "../../../../src/domain/shell-words.ts";
import { columnsOf } from "../../../../src/faces/terminal/text.ts";
import { commandLines } from "../../../../src/faces/monitor/command-lines.ts";

test("a command that fits stands in one line", () => {
  expect(commandLines("disbatch --recover /home/you/run", 80)).toEqual(["disbatch --recover /home/you/run"]);
});

test("one that does not ends its lines behind words, and each but the last one says that it goes on", () => {
  expect(commandLines("cd /home/you && disbatch -r /home/you/run_status.txt -R Tasks", 30)).toEqual([
    "cd /home/you && disbatch -r \\",
    "/home/you/run_status.txt -R \\",
    "Tasks",
  ]);
});

test("quoted blanks are no ends of words", () => {
  expect(commandLines("disbatch -r '/my files/a b_status.txt' Tasks", 30)).toEqual([
    "disbatch -r \\",
    "'/my files/a b_status.txt' \\",
    "Tasks",
  ]);
});

test("bash reads from them the words of the command, whatever is in them", () => {
  const word = fc.string({
    unit: fc.constantFrom("a", "b", "/", "-", "'", "\\", " ", "$", "&"),
    minLength: 1,
    maxLength: 14,
  });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), fc.integer({ min: 60, max: 90 }), (words, columns) => {
      const lines = commandLines(`printf '<%s>' ${shellWords(words)}`, columns);
      expect(Math.max(...lines.map((line) => columnsOf(line)))).toBeLessThanOrEqual(columns);
      const said = execFileSync("bash", ["-c", lines.join("\n")], { encoding: "utf8" });
      expect(said).toBe(words.map((each) => `<${each}>`).join(""));
    }),
    { numRuns: 60 },
  );
});

test("a word that is wider than the screen is broken so that bash takes it for one", () => {
  const folder = `/scratch/${"long".repeat(20)}`;
  const lines = commandLines(`echo ${folder} end`, 20);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(20);
  expect(execFileSync("bash", ["-c", lines.join("\n")], { encoding: "utf8" })).toBe(`${folder} end\n`);
});

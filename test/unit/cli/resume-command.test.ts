import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resumeCommand } from "../../../src/cli/resume-command.ts";

const STATUS = "/runs/x_status.txt";

test("a run goes on with its own words and its status file", () => {
  expect(resumeCommand(["-s", "localhost:2", "-p", "/runs/x", "Tasks"], STATUS)).toBe(
    "disbatch -r /runs/x_status.txt -s localhost:2 -p /runs/x Tasks",
  );
});

test("what is to be added is added once", () => {
  expect(resumeCommand(["Tasks"], STATUS, { extra: ["-R"] })).toBe(`disbatch -r ${STATUS} -R Tasks`);
  expect(resumeCommand(["-R", "-r", "old", "Tasks"], STATUS, { extra: ["-R"] })).toBe(
    `disbatch -r ${STATUS} -R -r old Tasks`,
  );
});

test("whoever resumes overwrites nothing", () => {
  expect(resumeCommand(["--overwrite", "-p", "/runs/x", "Tasks"], STATUS)).toBe(
    `disbatch -r ${STATUS} -p /runs/x Tasks`,
  );
});

describe("a status file that is resumed from already is not named again", () => {
  test.each([
    [["-r", STATUS]],
    [["-r", "/runs/../runs/x_status.txt"]],
    [[`-r${STATUS}`]],
    [["--resume-from", STATUS]],
    [[`--resume-from=${STATUS}`]],
    [["-r", "other", "-r", STATUS]],
  ])("%j", (words) => {
    expect(resumeCommand([...words, "Tasks"], STATUS)).toBe(`disbatch ${words.join(" ")} Tasks`);
  });

  test("but every other file is no substitute for it", () => {
    expect(resumeCommand(["-r", "other", "Tasks"], STATUS)).toBe(`disbatch -r ${STATUS} -r other Tasks`);
  });
});

test("every word comes out of a shell as it was", () => {
  const special = Array.from(" '\"\\$`!*?~;&|<>()[]{}#=\n\t-");
  const word = fc
    .string({ unit: fc.oneof(fc.constantFrom(...special), fc.string()), maxLength: 12 })
    .filter((text) => !text.includes("\0") && text.isWellFormed());
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), (args) => {
      const command = resumeCommand(args, STATUS).replace(/^disbatch/, String.raw`printf '%s\0'`);
      const shown = execFileSync("/bin/bash", ["-c", command], { encoding: "utf8" });
      expect(shown.split("\0").slice(0, -1)).toEqual(["-r", STATUS, ...args]);
    }),
    { numRuns: 60 },
  );
});

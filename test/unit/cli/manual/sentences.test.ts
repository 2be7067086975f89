import { expect, test } from "vitest";
import type { Described } from "../../../../src/cli/manual/program-description.ts";
import { sentenceOf, sentencesIn, sentencesOf } from "../../../../src/cli/manual/sentences.ts";

const PLAIN: Described = {
  meaning: "say how",
  explanation: undefined,
  choices: [],
  defaultValue: undefined,
  isRepeatable: false,
  completes: { type: "nothing" },
};

test("a line of the help becomes a sentence, with what is typed between backquotes", () => {
  expect(sentenceOf("with -r: see node[01-16]:8 and --log-format, not a re-run or -1")).toBe(
    "With `-r`: see `node[01-16]:8` and `--log-format`, not a re-run or -1.",
  );
});

test("of an option are said the line of the help, the explanation, choices, default and whether it repeats", () => {
  expect(sentencesOf(PLAIN)).toEqual(["Say how."]);
  expect(
    sentencesOf({ ...PLAIN, explanation: "One. Two.", choices: ["a", "b"], defaultValue: "a", isRepeatable: true }),
  ).toEqual(["Say how.", "One.", "Two.", "Values: `a`, `b`.", "Default: `a`.", "May be given several times."]);
});

test("a default that only the line of the help tells has a sentence of its own", () => {
  expect(sentencesOf({ ...PLAIN, meaning: "say how (default: as before)" })).toEqual([
    "Say how.",
    "Default: as before.",
  ]);
});

test("sentences end at a stop, and not within a name or a number", () => {
  expect(sentencesIn("Use a.b or 0.5 of it. Then `c`. `d` follows! disbatch ends, e.g. here.")).toEqual([
    "Use a.b or 0.5 of it.",
    "Then `c`.",
    "`d` follows!",
    "disbatch ends, e.g. here.",
  ]);
});

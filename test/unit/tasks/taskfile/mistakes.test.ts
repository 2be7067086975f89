import { describe, expect, it } from "vitest";

import { commandsOf, complaintsOf, parse, problemsOf } from "./parse.ts";

/** Line, code, column. */
const MISTAKES: ReadonlyArray<readonly [string, string, number]> = [
  ["#DISBATCH", "unknown-directive", 1],
  ["#DISBATCHfoo", "unknown-directive", 1],
  ["#DISBATCH\tBARRIER", "unknown-directive", 1],
  ["#DISBATCH ", "unknown-directive", 11],
  ["#DISBATCH  BARRIER", "unknown-directive", 11],
  ["#DISBATCH barrier", "unknown-directive", 11],
  ["#DISBATCH PREFIXx", "unknown-directive", 11],
  ["#DISBATCH \u017fuffix x", "unknown-directive", 11],
  ["#DISBATCH PREFIX", "bad-prefix", 11],
  ["#DISBATCH SUFFIX\tx", "bad-suffix", 17],
  ["#DISBATCH REPEAT", "bad-repeat", 11],
  ["#DISBATCH REPEAT x", "bad-repeat", 18],
  ["#DISBATCH REPEAT -1 x", "bad-repeat", 18],
  ["#DISBATCH REPEAT  2.5 x", "bad-repeat", 19],
  ["#DISBATCH REPEAT 2x", "bad-repeat", 18],
  ["#DISBATCH REPEAT 2\tx", "bad-repeat", 19],
  ["#DISBATCH REPEAT 2 start 1\tx", "bad-repeat", 20],
  ["#DISBATCH REPEAT 2\tstart 1\tx", "bad-repeat", 27],
  ["#DISBATCH REPEAT 2 step 5 start 100 x", "bad-repeat", 27],
  ["#DISBATCH REPEAT 2 start x", "bad-repeat", 20],
  ["#DISBATCH REPEAT 2  START", "bad-repeat", 21],
  ["#DISBATCH REPEAT 2 start 10x y", "bad-repeat", 20],
  ["#DISBATCH REPEAT 2 start 1 start 2 x", "bad-repeat", 28],
  ["#DISBATCH REPEAT 2 step", "bad-repeat", 20],
  ["#DISBATCH REPEAT 9007199254740993 x", "bad-repeat", 18],
  ["#DISBATCH REPEAT 2 start 9007199254740991 x", "bad-repeat", 18],
  ["#DISBATCH REPEAT 9007199254740991 step 9007199254740991", "bad-repeat", 18],
  ["#DISBATCH BARRIERfoo", "bad-barrier", 11],
  ["#DISBATCH BARRIER\tx", "bad-barrier", 11],
  ["#DISBATCH BARRIER CHECKfoo", "bad-barrier", 19],
  ["#DISBATCH BARRIER CHECK\tx", "bad-barrier", 19],
  ["#DISBATCH BARRIER  CHECK", "bad-barrier", 19],
  ["#DISBATCH BARRIER check", "bad-barrier", 19],
  ["#DISBATCH BARRIER \tCheck key", "bad-barrier", 19],
  ["#DISBATCH PERENGINE", "bad-per-engine", 11],
  ["#DISBATCH PERENGINE x", "bad-per-engine", 21],
  ["#DISBATCH PERENGINE START", "bad-per-engine", 21],
  ["#DISBATCH PERENGINE START\tx", "bad-per-engine", 21],
  ["#DISBATCH PERENGINE  START x", "bad-per-engine", 22],
];

describe("a mistake in a directive", () => {
  it.each(MISTAKES)("%j is reported as %s at column %i, and with a hint", (content, code, column) => {
    const place = { file: "tasks", line: 2, column };
    expect(parse(`a\n${content}\n`)).toMatchObject([
      { kind: "command" },
      { kind: "problem", diagnostic: { code, severity: "error", place, hint: expect.stringMatching(/./) } },
    ]);
  });

  it("is one line that says what is wrong and what to do", () => {
    expect(complaintsOf("#DISBATCH BARIER\n")).toEqual([
      'tasks:1:11: error: unknown directive "BARIER" ' +
        "(did you mean BARRIER? the directives are PREFIX, SUFFIX, TERMS, REPEAT, PERENGINE, BARRIER and BARRIER CHECK)",
    ]);
  });

  it.each([
    ["#DISBATCH barrier", "did you mean BARRIER, in capitals?"],
    ["#DISBATCH PREFX a", "did you mean PREFIX?"],
    ["#DISBATCH sufffix a", "did you mean SUFFIX?"],
    ["#DISBATCH REPEAT3 a", "did you mean REPEAT?"],
    ["#DISBATCH PER_ENGINE START a", "did you mean PERENGINE?"],
  ])("%j gets the word that was probably meant", (content, question) => {
    expect(complaintsOf(content)[0]).toContain(question);
  });

  it.each([
    ["", "REPEAT without a number"],
    [" -1 x", 'REPEAT takes a whole number from 0, not "-1"'],
    [" 2 step 5 start 100 x", "REPEAT: start comes before step"],
    [" 2 start 1 START 2 x", "REPEAT: start given twice"],
    [" 2 start 1 step 2 step 3 x", "REPEAT: step given twice"],
    [" 2 step", "REPEAT: step without a number"],
    [" 2 start -1 x", 'REPEAT: start takes a whole number, not "-1"'],
    [" 2 start 1\tx", "REPEAT: the command must follow after a blank, not a tab"],
    [" 2\tx", "REPEAT: the command must follow after a blank, not a tab"],
    [" 9007199254740993", "REPEAT: numbers too large"],
  ])("in #DISBATCH REPEAT%s is named", (rest, message) => {
    expect(problemsOf(`#DISBATCH REPEAT${rest}\n`)).toMatchObject([{ message }]);
  });

  it("gets no guess when no word is near", () => {
    expect(complaintsOf("#DISBATCH nonsense")[0]).not.toContain("did you mean");
  });

  it("is found on a line split by carriage returns at its column in bytes", () => {
    expect(problemsOf("\u00e9\r#DISBATCH foo\r\n")).toMatchObject([{ place: { line: 1, column: 14 } }]);
  });

  it("is shown without control characters, and cut when long", () => {
    const [complaint = ""] = complaintsOf(`#DISBATCH \u001b[2J\u009b${"x".repeat(1000)}\n`);
    expect(complaint).toContain(String.raw`"\u001b[2J\u009bx`);
    expect(complaint.length).toBeLessThan(250);
  });

  it("does not hide those that follow", () => {
    const content = MISTAKES.map(([line]) => line).join("\n");
    expect(problemsOf(content).map(({ code, place }) => [code, place.line])).toEqual(
      MISTAKES.map(([, code], index) => [code, index + 1]),
    );
  });
});

describe("a lenient reading", () => {
  it("gives a warning at the same place", () => {
    expect(problemsOf("a\n#DISBATCH foo\n", true)).toMatchObject([
      { code: "unknown-directive", severity: "warning", place: { line: 2, column: 11 } },
    ]);
  });

  it.each([
    "#DISBATCH foo",
    "#DISBATCH PREFIX",
    "#DISBATCH SUFFIXx",
    "#DISBATCH REPEAT x",
    "#DISBATCH REPEAT 2\tx",
    "#DISBATCH PERENGINE x",
    "#DISBATCH barrier",
  ])("ignores %j", (line) => {
    expect(parse(`a\n${line}\nb\n`, true)).toMatchObject([{ command: "a" }, { kind: "problem" }, { command: "b" }]);
  });

  it("runs #DISBATCH without a blank as a task", () => {
    expect(commandsOf("#DISBATCH PREFIX p\n#DISBATCHfoo\n#DISBATCH\n", true)).toEqual(["p#DISBATCHfoo", "p#DISBATCH"]);
  });

  it("takes a misplaced start for the command", () => {
    expect(parse("#DISBATCH REPEAT 2 step 5 start 100 x\n", true)).toMatchObject([
      { kind: "problem", diagnostic: { code: "bad-repeat", severity: "warning" } },
      { kind: "repeat", count: 2, start: 0, step: 5, command: "start 100 x" },
    ]);
  });

  it("takes a barrier with something attached for a barrier without a key", () => {
    const [, ...rest] = parse("#DISBATCH BARRIERfoo", true);
    expect(rest).toEqual([{ kind: "barrier", line: 1, check: false, text: "#DISBATCH BARRIERfoo" }]);
    expect(parse("#DISBATCH BARRIER CHECKfoo", true)[1]).toMatchObject({ check: true });
  });

  it("takes what is like CHECK for a key", () => {
    expect(parse("#DISBATCH BARRIER  CHECK", true)[1]).toMatchObject({ check: false, key: " CHECK" });
  });

  it("takes a byte order mark for a part of the first line, and refuses it otherwise", () => {
    const problem = { code: "byte-order-mark", place: { line: 1, column: 1 } };
    expect(problemsOf("\ufeff#DISBATCH BARRIER\na\n")).toMatchObject([{ ...problem, severity: "error" }]);
    expect(parse("\ufeffa\n\ufeffb\n", true)).toMatchObject([
      { kind: "problem", diagnostic: { ...problem, severity: "warning" } },
      { kind: "command", command: "\ufeffa" },
      { kind: "command", command: "\ufeffb" },
    ]);
  });

  it("drops a late PERENGINE and everything after it", () => {
    const entries = parse("a\r#DISBATCH PERENGINE START x\rb\nc\n#DISBATCH foo\n", true);
    expect(entries).toMatchObject([
      { command: "a" },
      { kind: "problem", diagnostic: { code: "late-per-engine", severity: "warning", place: { line: 1, column: 13 } } },
    ]);
  });

  it("ends the per-engine commands at a directive that it ignores", () => {
    expect(problemsOf("#DISBATCH foo\n#DISBATCH PERENGINE START x\n", true)).toMatchObject([
      { code: "unknown-directive" },
      { code: "late-per-engine" },
    ]);
  });

  it("still refuses numbers that cannot be counted", () => {
    expect(problemsOf("#DISBATCH REPEAT 9007199254740993 x", true)).toMatchObject([{ severity: "error" }]);
  });
});

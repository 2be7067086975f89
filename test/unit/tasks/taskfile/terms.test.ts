import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDiagnostic } from "../../../../src/domain/errors.ts";
import { readTerms } from "../../../../src/domain/terms/read-terms.ts";
import { type TaskTerms, termsOf } from "../../../../src/domain/terms/task-terms.ts";
import type { Entry } from "../../../../src/tasks/taskfile/entry.ts";
import { TaskFileParser } from "../../../../src/tasks/taskfile/parser.ts";
import { withoutTail } from "../../../../src/tasks/taskfile/terms-tail.ts";

const isResource = (name: string): boolean => name === "license";

function terms(text: string): TaskTerms | undefined {
  const words = readTerms(text, isResource);
  if ("kind" in words) throw new Error(words.message);
  return termsOf(words);
}

function parse(content: string, lenient = false, run?: string): readonly Entry[] {
  const parser = new TaskFileParser({
    file: "tasks",
    lenient,
    isResource,
    terms: run === undefined ? undefined : terms(run),
  });
  return [...parser.push(Buffer.from(content)), ...parser.end()];
}

/** The terms of each task, by the file's lines. */
function termsIn(content: string, run?: string): (string | undefined)[] {
  return parse(content, false, run).flatMap((entry) =>
    entry.kind === "command" || entry.kind === "repeat" ? [entry.terms?.text] : [],
  );
}

function complaints(content: string, lenient = false): string[] {
  return parse(content, lenient).flatMap((entry) =>
    entry.kind === "problem" ? [`${entry.diagnostic.code} ${formatDiagnostic(entry.diagnostic)}`] : [],
  );
}

describe("terms of tasks", () => {
  it("are those of the line, before those of the directive above, before those of the run, word by word", () => {
    const list = [
      "a",
      "#DISBATCH TERMS cores=4 memory=8G",
      "b",
      "c #DISBATCH memory=16G gpus=1",
      "#DISBATCH TERMS",
      "d",
    ];
    expect(termsIn(list.join("\n"), "cores=1 timeout=2h")).toEqual([
      "cores=1 timeout=7200",
      "cores=4 memory=8G timeout=7200",
      "cores=4 memory=16G gpus=1 timeout=7200",
      "cores=1 timeout=7200",
    ]);
  });

  it("are those of the last directive alone, not of those before it", () => {
    expect(termsIn("#DISBATCH TERMS cores=4\n#DISBATCH terms gpus=1\na\n")).toEqual(["gpus=1"]);
  });

  it("are those of all tasks of a REPEAT, whose command may be the prefix alone", () => {
    const list = [
      "#DISBATCH REPEAT 3 start 1 sim #DISBATCH gpus=1",
      "#DISBATCH PREFIX sim ",
      "#DISBATCH REPEAT 2 #DISBATCH gpus=2",
    ];
    expect(termsIn(list.join("\n"))).toEqual(["gpus=1", "gpus=2"]);
  });

  it("leave commands as they stand", () => {
    expect(parse("#DISBATCH PREFIX ( \na #DISBATCH gpus=1 \n")).toMatchObject([{ command: "( a #DISBATCH gpus=1 " }]);
  });

  it("do not touch barriers and per-engine commands", () => {
    const list = "#DISBATCH TERMS cores=2\n#DISBATCH PERENGINE START x\n#DISBATCH BARRIER\n";
    expect(parse(list)).toEqual([
      { kind: "per-engine", when: "start", line: 2, command: "x" },
      { kind: "barrier", check: false, line: 3, text: "#DISBATCH BARRIER" },
    ]);
  });

  it.each([
    ["a #DISBATCH gpus=1", "gpus=1"],
    ["a\t#DISBATCH\tgpus=1\t cores=2", "cores=2 gpus=1"],
    ["a;#DISBATCH gpus=1", "gpus=1"],
    ["a # a note that isn't short #DISBATCH gpus=1", "gpus=1"],
    ["echo 'it' \"isn't\" don\\'t $'\\'' #DISBATCH gpus=1", "gpus=1"],
    ["a #DISBATCH gpus=1 #DISBATCH license=2", "gpus=1 license=2"],
    ["echo ${#x} $# 'a #DISBATCH b' #DISBATCH gpus=1", "gpus=1"],
    ["a #disbatch gpus=1", undefined],
    ["a#DISBATCH gpus=1", undefined],
    ["echo '#DISBATCH gpus=1'", undefined],
    ["echo \\ #DISBATCH gpus=1", undefined],
    ["echo \\#DISBATCH gpus=1", undefined],
  ])("are read where bash sees a comment: %s", (line, text) => {
    expect(parse(`${line}\n`)).toMatchObject([{ kind: "command", command: line }]);
    expect(termsIn(`${line}\n`)).toEqual([text]);
  });

  it.each([
    "a #DISBATCH",
    "a #DISBATCH note",
    "a #DISBATCH gpus=1 and more",
    "a #DISBATCH BARRIER",
    "a #DISBATCHgpus=1",
    "a \"#x\" ' #DISBATCH gpus=1'",
    "a #DISBATCH note #DISBATCH gpus=1",
  ])("are not what is something else, of which a warning tells: %s", (line) => {
    expect(complaints(`é ${line}\n`)).toEqual([
      expect.stringContaining(`tail-not-terms tasks:1:${4 + line.indexOf("#DISBATCH")}: warning: what stands behind`),
    ]);
    expect(termsIn(`${line}\n`)).toEqual([undefined]);
  });
});

describe("a mistake in terms", () => {
  it.each([
    [
      "#DISBATCH TERMS memory=8",
      17,
      'memory cannot be "8" (it must be a size with its unit, such as 8G or 512M; did you mean 8G?)',
    ],
    ["#DISBATCH TERMS cores=1  gpus=-1", 26, 'gpus cannot be "-1" (it must be a whole number from 0 on)'],
    ["a #DISBATCH cores=0", 13, 'cores cannot be "0"'],
    ["é #DISBATCH timeout=soon", 14, 'timeout cannot be "soon" (it must be a duration, such as 90s, 30m or 2h)'],
    ["a #DISBATCH timeout=10min", 13, "did you mean 10m?"],
    ["a #DISBATCH memory=8Q", 13, 'memory cannot be "8Q"'],
    ["a #DISBATCH mem=8G", 13, 'unknown term "mem" (did you mean memory?)'],
    ["a #DISBATCH cpus=8", 13, "did you mean cores?"],
    ["a #DISBATCH Timeuot=8", 13, "did you mean timeout?"],
    ["a #DISBATCH licence=1", 13, 'unknown term "licence" (the terms are cores, memory,'],
    ["a #DISBATCH cores=1 cores=1", 21, "cores stands twice"],
    ["#DISBATCH TERMS memory", 17, "memory has no value (write memory=VALUE, a size"],
    ["#DISBATCH TERMS 8G", 17, 'unknown term "8G"'],
    ["a #DISBATCH retry-on=1", 13, "retry-on has no effect, since retries is not given"],
    ["a #DISBATCH retries=0 retry-on=1", 23, "retry-on has no effect, since retries is 0"],
    ["a #DISBATCH retries=1 retry-delay=10m retry-limit=9", 39, "retry-delay is 600 s, and so above"],
    ["#DISBATCH REPEAT 2 é #DISBATCH retries=x", 33, 'retries cannot be "x"'],
    ["#DISBATCH PREFIX a #DISBATCH gpus=1", 30, "PREFIX has no terms"],
    ["#DISBATCH BARRIER CHECK #DISBATCH gpus=1", 35, "BARRIER has no terms"],
    ["#DISBATCH PERENGINE START a #DISBATCH gpus=1", 39, "PERENGINE has no terms"],
  ])("has its place: %s", (line, column, message) => {
    expect(complaints(`${line}\n`)).toEqual([
      expect.stringContaining(`bad-terms tasks:1:${column}: error: ${message.startsWith("did") ? "" : message}`),
    ]);
    expect(complaints(`${line}\n`)[0]).toContain(message);
  });

  it("is one at the end of a line under a SUFFIX, until that is cleared", () => {
    const list = "#DISBATCH SUFFIX  > x\na #DISBATCH gpus=1\n#DISBATCH SUFFIX \nb #DISBATCH gpus=1\n";
    expect(complaints(list)).toEqual([expect.stringContaining("terms-under-suffix tasks:2:13: error: ")]);
  });

  it("is what contradicts a farther place, which is not one itself", () => {
    expect(complaints("#DISBATCH TERMS retries=2\na #DISBATCH retry-on=1\nb #DISBATCH retries=0\n")).toEqual([]);
    expect(complaints("#DISBATCH TERMS retries=0\na #DISBATCH retry-on=1\n")).toHaveLength(1);
    expect(complaints("#DISBATCH TERMS retries=2 retry-limit=1m\na #DISBATCH retry-delay=2m\n")).toHaveLength(1);
  });

  it("shows no control characters", () => {
    expect(complaints("a #DISBATCH cores=\u001b[2J\u009b\n").join("")).not.toMatch(/\p{Cc}/u);
  });

  it("lets --lenient pass over what disBatch 3 knows nothing of, with a warning", () => {
    const list = [
      "#DISBATCH TERMS memory=8",
      "#DISBATCH SUFFIX  x",
      "a #DISBATCH gpus=1",
      "#DISBATCH SUFFIX ",
      "b #DISBATCH x=1",
    ];
    expect(complaints(list.join("\n"), true)).toEqual([
      expect.stringMatching(/^bad-terms .* warning: .*: the line is ignored/),
      expect.stringMatching(/^terms-under-suffix .* warning: .*: it is part of the command/),
      expect.stringMatching(/^bad-terms .* warning: .*: it is part of the command/),
    ]);
    expect(parse(list.join("\n"), true).filter(({ kind }) => kind === "command")).toMatchObject([
      { command: "a #DISBATCH gpus=1 x", terms: undefined },
      { command: "b #DISBATCH x=1", terms: undefined },
    ]);
    expect(parse("#DISBATCH TERMS gpus=1\na #DISBATCH cores=2\n", true)).toMatchObject([
      { kind: "command", terms: { text: "cores=2 gpus=1" } },
    ]);
  });
});

describe("a command without its tail", () => {
  it.each([
    ["a #DISBATCH gpus=1", "a"],
    ["a  # note #DISBATCH gpus=1", "a  # note"],
    ["a #DISBATCH note", "a #DISBATCH note"],
    ["a ", "a "],
  ])("is %s", (command, rest) => {
    expect(withoutTail(command)).toBe(rest);
  });

  it("is never read with terms, whatever the line is", () => {
    const piece = fc.constantFrom(
      "#DISBATCH",
      " ",
      "\t",
      "'",
      '"',
      "\\",
      "$'",
      "a",
      "gpus=1",
      "cores=2",
      "#",
      ";",
      "=",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const line = `x${pieces.join("")}`;
        const [entry] = parse(`${line}\n`, true).filter(({ kind }) => kind === "command");
        expect(entry).toMatchObject({ command: line });
        expect(termsIn(`${withoutTail(line)}\n`)).toEqual([undefined]);
      }),
    );
  });
});

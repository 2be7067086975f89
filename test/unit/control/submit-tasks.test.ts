import { describe, expect, test } from "vitest";
import { Submitter } from "../../../src/control/submit-tasks.ts";
import { UserError } from "../../../src/domain/errors.ts";
import type { Submission } from "../../../src/domain/source.ts";

/** A run that takes everything, and what it was handed. */
function listener() {
  const parts: string[] = [];
  const taken: Submission[] = [];
  const list = {
    submit: (lines: string): Promise<Submission> => Promise.resolve({ first: parts.push(lines), count: 1 }),
    end: (): Promise<void> => Promise.resolve(),
  };
  const submitter = new Submitter(list, (submission) => void taken.push(submission));
  return { parts, taken, submitter };
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text, "latin1");
}

/** A run that refuses the lines that are called wrong, as it would: by their places in the submission. */
function refuser() {
  const submit = async (lines: string): Promise<Submission> => {
    const line = lines.split("\n").indexOf("wrong") + 1;
    if (line === 0) return { first: 0, count: 1 };
    const mistake = {
      code: "x",
      severity: "error",
      place: { file: "submission", line, column: 3 },
      message: "m",
    } as const;
    throw new UserError("task-file-refused", "refused", { diagnostics: [mistake] });
  };
  return new Submitter({ submit, end: () => Promise.resolve() }, () => undefined);
}

function refusalAt(file: string, line: number): unknown {
  return expect.objectContaining({ diagnostics: [expect.objectContaining({ place: { file, line, column: 3 } })] });
}

describe("lines that are submitted", () => {
  test("go together while they fit, and are cut between lines when they do not", async () => {
    const { parts, taken, submitter } = listener();
    await submitter.submit("a\n\nb");
    const line = `${"x".repeat(100_000)}\n`;
    await submitter.submit(line.repeat(5));
    expect(parts).toEqual(["a\n\nb", line.repeat(2), line.repeat(2), line]);
    expect(taken.map(({ first }) => first)).toEqual([1, 2, 3, 4]);
  });

  test("are refused when one is too long for a message", async () => {
    const { parts, submitter } = listener();
    await expect(submitter.submit(`a\n${"x".repeat(700_000)}\n`)).rejects.toThrow(
      /^submission:2: .*put it in a script/,
    );
    expect(parts).toEqual([]);
  });

  test("of a stream are refused when one never ends, before it fills the memory", async () => {
    const { parts, submitter } = listener();
    let given = 0;
    async function* zeros(): AsyncGenerator<Buffer> {
      yield Buffer.from("a\n");
      for (; given < 1000; given++) yield Buffer.alloc(1 << 16);
    }
    await expect(submitter.submitAll(zeros())).rejects.toThrow(/^stdin:2: a line of more than 655360 characters/);
    expect([parts, given < 40]).toEqual([["a\n"], true]);
  });

  test("are counted from the first one that was given, for the places of mistakes", async () => {
    const submitter = refuser();
    await submitter.submit("a\nb");
    await submitter.submitAll(pieces("c\n", "d\ne"));
    await expect(submitter.submit("f\nwrong\n")).rejects.toThrow(refusalAt("submission", 4));
  });

  test("of a stream are counted from its first one, also where they are cut", async () => {
    const long = `${"x".repeat(100_000)}\n`;
    const input = pieces("a\n", "b\nc", `\n${long.repeat(5)}wrong`);
    await expect(refuser().submitAll(input)).rejects.toThrow(refusalAt("stdin", 9));
  });

  test("of a stream go as they come, when they are whole, to the byte", async () => {
    const { parts, submitter } = listener();
    await submitter.submitAll(pieces("a\nb", "c\xff", "\nd\n", "", "e"));
    expect(parts).toEqual(["a\n", "bc\udcff\nd\n", "e"]);
  });
});

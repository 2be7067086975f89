import { describe, expect, test } from "vitest";
import { Submitter } from "../../../src/control/submit-tasks.ts";
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
    await expect(submitter.submit(`a\n${"x".repeat(700_000)}\n`)).rejects.toThrow("put it in a script");
    expect(parts).toEqual([]);
  });

  test("of a stream go as they come, when they are whole, to the byte", async () => {
    const { parts, submitter } = listener();
    await submitter.submitAll(pieces("a\nb", "c\xff", "\nd\n", "", "e"));
    expect(parts).toEqual(["a\n", "bc\udcff\nd\n", "e"]);
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exited, outOfMemory, TIMED_OUT } from "../../../../src/domain/ending.ts";
import { readTerms } from "../../../../src/domain/terms/read-terms.ts";
import { retryDelay } from "../../../../src/domain/retry-delay.ts";
import { mergeTerms, type TaskTerms, termsOf, termsOfText } from "../../../../src/domain/terms/task-terms.ts";
import { anyTerms, anyWords } from "./random-terms.ts";
import { termsOfTry } from "../../../../src/domain/terms/terms-of-try.ts";

function terms(text: string): TaskTerms | undefined {
  const words = readTerms(text, (name) => name === "license");
  if ("kind" in words) throw new Error(words.message);
  return termsOf(words);
}

describe("terms of a task", () => {
  it("are the same object when they say the same", () => {
    expect(terms("timeout=2h cores=4 memory=8192M")).toBe(terms("memory=8G cores=4 timeout=7200s"));
    expect(terms("memory=8G cores=4")?.text).toBe("cores=4 memory=8G");
  });

  it("come back from their text", () => {
    const text = "cores=0.5 memory=1536M gpus=1 timeout=90 retries=3 retry-on=1,74-84,signal retry-memory=x2 license=2";
    expect(termsOfText(text)).toBe(terms(text));
    expect(JSON.stringify({ terms: terms(text) })).toBe(JSON.stringify({ terms: text }));
  });

  it("count nearer ones before farther ones, word by word", () => {
    expect(mergeTerms(terms("cores=4 timeout=1h"), terms("cores=1 gpus=2"))?.text).toBe("cores=1 gpus=2 timeout=3600");
  });

  it("come back from their text, whatever they are", () => {
    fc.assert(
      fc.property(anyWords, (words) => {
        const read = terms(words.join(" "));
        expect(read?.words.size ?? 0).toBe(words.length);
        const text = read?.text ?? "";
        expect(terms(text)).toBe(read);
        expect(text === "" ? undefined : termsOfText(text)).toBe(read);
      }),
    );
  });

  it("merge to the same in whichever order places are put together", () => {
    fc.assert(
      fc.property(anyTerms, anyTerms, anyTerms, (a, b, c) => {
        expect(mergeTerms(mergeTerms(a, b), c)?.text).toBe(mergeTerms(a, mergeTerms(b, c))?.text);
        expect(mergeTerms(a, a)?.text).toBe(a?.text);
      }),
    );
  });

  it("grow from try to try where they are to", () => {
    const first = terms("memory=3G retries=3 retry-memory=x2");
    expect(termsOfTry(first, 0)).toBe(first);
    expect(termsOfTry(first, 2)?.needs.memory).toBe(12 * 2 ** 30);
  });

  it("come back from their text after any number of tries", () => {
    fc.assert(
      fc.property(anyTerms, fc.nat({ max: 1_000_000 }), (first, failures) => {
        const grown = termsOfTry(first, failures);
        expect(grown === undefined ? undefined : termsOfText(grown.text)).toBe(grown);
        expect(grown?.needs.cores ?? 0).toBeGreaterThanOrEqual(first?.needs.cores ?? 0);
        expect(grown?.needs.memory ?? 0).toBeGreaterThanOrEqual(first?.needs.memory ?? 0);
        expect(grown?.timeout ?? 0).toBeGreaterThanOrEqual(first?.timeout ?? 0);
      }),
    );
  });

  it.each([
    "license=0.0000001",
    "cores=0",
    "memory=8",
    "gpus=-1",
    "timeout=soon",
    "memory=8Q",
    "retry-on=5-1",
    "licence=1",
    "cores=1 cores=2",
  ])("refuse %s", (text) => {
    expect(readTerms(text, (name) => name === "license")).toMatchObject({ kind: "mistake" });
  });
});

describe("rules for retries", () => {
  const rules = terms("retries=2 retry-on=1,74-84,timeout retry-delay=10s retry-backoff=3 retry-limit=20s")?.retry;

  it("tell how long a retry waits", () => {
    expect(retryDelay(rules, 1, exited(80))).toBe(10);
    expect(retryDelay(rules, 2, TIMED_OUT)).toBe(20);
  });

  it("allow no retry after other failures, and none beyond their number", () => {
    expect(retryDelay(rules, 1, exited(2))).toBeUndefined();
    expect(retryDelay(rules, 1, outOfMemory(2, 1))).toBeUndefined();
    expect(retryDelay(rules, 3, exited(1))).toBeUndefined();
  });
});

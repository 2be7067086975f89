import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CHANGED_PARTS, type Change, type RunReason } from "../../../../src/domain/run-reason.ts";
import { changesWords, reasonWords } from "../../../../src/faces/workflow/reason-words.ts";
import { whyWords } from "../../../../src/faces/workflow/why-words.ts";

function changed(...changes: readonly Change[]): RunReason {
  return { kind: "changed", changes };
}

describe("the words for why an instance runs", () => {
  test.each<readonly [RunReason, string]>([
    [
      changed({ part: "input", name: "raw", path: "data/raw/2031-01-03.csv", how: "changed" }),
      "because input raw, data/raw/2031-01-03.csv, changed",
    ],
    [changed({ part: "code", path: "clean.py", how: "changed" }), "because code clean.py changed"],
    [changed({ part: "param", name: "n", how: "changed" }), "because param n changed"],
    [
      changed({ part: "param", name: "n", how: "changed", before: "", after: "4" }),
      'because param n changed from "" to 4',
    ],
    [changed({ part: "command", how: "changed" }), "because its command changed"],
    [changed({ part: "needs", how: "changed" }), "because its needs changed"],
    [
      changed({ part: "output", name: "csv", path: "data/clean/x.csv", how: "missing" }),
      "because output csv, data/clean/x.csv, is missing",
    ],
    [changed({ part: "env", name: "LANG", how: "gone" }), "because env LANG is gone"],
    [changed(), "because its task changed"],
    [{ kind: "again", instance: "fetch[day=2031-01-03]" }, "because fetch[day=2031-01-03] ran again"],
    [{ kind: "again" }, "because something that it needs ran again"],
    [{ kind: "forced" }, "because it was forced"],
    [{ kind: "failed" }, "because it had failed"],
    [{ kind: "never" }, "first run"],
  ])("%j: %s", (reason, words) => {
    expect(reasonWords(reason)).toBe(words);
  });

  test("name three changes, and count the others", () => {
    const change = (name: string): Change => ({ part: "env", name, how: "new" });
    expect(changesWords([change("A"), change("B")])).toBe("env A is new and env B is new");
    expect(changesWords(["A", "B", "C", "D", "E"].map(change))).toBe(
      "env A is new, env B is new, env C is new and 2 other changes",
    );
  });

  test("act on no terminal, whatever names and values there are", () => {
    const text = fc.string({ unit: "binary", maxLength: 20 });
    const change = fc.record({
      part: fc.constantFrom(...CHANGED_PARTS),
      name: fc.option(text, { nil: undefined }),
      path: fc.option(text, { nil: undefined }),
      how: fc.constantFrom("changed" as const, "missing" as const, "new" as const),
      before: text,
      after: text,
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), text, (changes, name) => {
        const words = [
          reasonWords(changed(...changes)),
          reasonWords({ kind: "again", instance: name }),
          whyWords({ kind: "missing", path: name }, true),
          whyWords({ kind: "reused", run: 1, time: 1, node: name }, true),
        ];
        // oxlint-disable-next-line no-control-regex
        expect(words.every((each) => !/[\u0000-\u001f\u007f-\u009f]/.test(each))).toBe(true);
      }),
    );
  });
});

describe("the words for where an instance stands", () => {
  const work = { run: 2, time: Date.parse("2031-01-03T12:00:00") / 1000, node: "myhost" };

  test("say whether it has run yet", () => {
    expect(whyWords({ kind: "runs", reason: { kind: "forced" } }, true)).toBe("ran because it was forced");
    expect(whyWords({ kind: "runs", reason: { kind: "forced" } }, false)).toBe("runs because it was forced");
    expect(whyWords({ kind: "runs", reason: { kind: "never" } }, true)).toBe("first run");
  });

  test("name the run whose work counts, or the file that others make", () => {
    expect(whyWords({ kind: "reused", ...work }, true)).toBe("reused from run 2, 2031-01-03 12:00:00, on myhost");
    expect(whyWords({ kind: "reused", run: 2 }, true)).toBe("reused from run 2");
    expect(whyWords({ kind: "stayed", ...work }, true)).toBe(
      "done in run 2, 2031-01-03 12:00:00, on myhost; nothing has changed since",
    );
    expect(whyWords({ kind: "marked", ...work }, true)).toBe("marked done after run 2, 2031-01-03 12:00:00");
    expect(whyWords({ kind: "missing", path: "data/raw/x.csv" }, true)).toBe("missing: others make data/raw/x.csv");
  });
});

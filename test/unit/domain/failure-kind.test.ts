import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exited, GIVEN_UP, signalled, TIMED_OUT } from "../../../src/domain/ending.ts";
import { failureKey, failureText } from "../../../src/domain/failure-kind.ts";

/** What the status file keeps of this error output, as `node/process/capture.ts` makes it. */
function snippetOf(written: string): string {
  const bytes = Buffer.from(written);
  const tail = Math.min(40, Math.max(0, bytes.length - 40));
  const head = bytes.subarray(0, 40);
  if (tail === 0) return head.toString();
  return Buffer.concat([head, Buffer.from("..."), bytes.subarray(bytes.length - tail)]).toString();
}

function textOf(written: string): string {
  return failureText(snippetOf(written));
}

describe("what failures of one kind have in common", () => {
  test.each([
    ["", ""],
    ["\n \n", ""],
    ["Killed: out of memory allocating 8589934592 bytes\n", "Killed: out of memory allocating # bytes"],
    ["cannot open '/data/x3.h5'\n", "cannot open #"],
    ["node07: 0x7ffe12 is 1.5e-3, -4\n", "node#: # is #"],
    ["no commit 2c6ad1, nor 09f1e2d, a1b2, of decade\n", "no commit #, nor #, of decade"],
    ["residual 1.2345e-10 above 12345e+3 at 3D\n", "residual # above # at #D"],
    ["bash: line 1: nosuch: command not found\n", "bash: line #: nosuch: command not found"],
    ["can't do this, won't do that\n", "can't do this, won't do that"],
    ["cat: /data/BRCA.fa: No such file\n", "cat: /data/#.fa: No such file"],
    ["cat: /data/17/out: No such file\n", "cat: /data/#/#: No such file"],
    ["cat: /nonexistent: No such file\n", "cat: /nonexistent: No such file"],
    ["shapes (3, 4) and (3, 4, 5)\n", "shapes (#) and (#)"],
    ["rm: /tmp/tmp.Xa8KdQqZ/deep/x: busy\n", "rm: /tmp/#/deep/#: busy"],
    ["http://host/a/b 404\n", "http://host/a/b #"],
    ["\u001B[31mred\u0007\n", "\u001B[#mred\u0007"],
  ])("of %j is %j", (written, text) => {
    expect(textOf(written)).toBe(text);
  });

  test("is told by the first line that has a letter or a digit", () => {
    expect(textOf(`${"-".repeat(30)}\n  \nno slots\nmore\n`)).toBe("no slots");
    expect(textOf(`${"-".repeat(74)}\nno slots\n`)).toBe("no slots");
  });

  test("is told by the last line where the first one says nothing", () => {
    const trace = `Traceback (most recent call last):\n${'  File "x.py", line 7, in f\n'.repeat(5)}`;
    expect(textOf(`${trace}ValueError: bad value 12\n`)).toBe("ValueError: bad value #");
    expect(textOf(`  0%|          | 0/100 [00:00<?, ?it/s]\r 12%|#  | 12/100\nKeyError: 17\n`)).toBe("KeyError: #");
    expect(textOf("Traceback (most recent call last):\n")).toBe("Traceback (most recent call last):");
  });
});

describe("a line that the snippet cuts", () => {
  test("is whole when all of it is there, in two pieces", () => {
    const written = (n: string): string => `task ${n}: cannot allocate memory for an array of size ${n}\n`;
    const text = "task #: cannot allocate memory for an array of size #";
    expect(["1", "23", "456", "7890"].map((n) => textOf(written(n)))).toEqual([text, text, text, text]);
  });

  test("is the same at its beginning however long its numbers are", () => {
    const written = (n: string): string => `simulation ${n} has failed in its step: ${"more ".repeat(30)}\n`;
    const texts = ["1", "23", "456", "7890", "123456"].map((n) => textOf(written(n)));
    expect(new Set(texts)).toEqual(new Set(["simulation # has failed in its ..."]));
  });

  test("is the same at its end, too", () => {
    const written = (n: string): string =>
      `Traceback (most recent call last):\n${"  x\n".repeat(20)}SomeError: it does not fit into row ${n} of table\n`;
    const texts = ["1", "23", "456"].map((n) => textOf(written(n)));
    expect(new Set(texts)).toEqual(new Set(["... does not fit into row # of table"]));
  });

  test("has no half of a name in quotes", () => {
    const written = (name: string): string => `cannot open '/data/${name}/of/an/experiment/x' ${"more ".repeat(30)}\n`;
    expect(textOf(written("alpha"))).toBe(textOf(written("beta")));
  });
});

describe("whatever a task writes", () => {
  const number = fc.nat(999_999);

  test("numbers make no difference", () => {
    const words = fc.array(fc.constantFrom("disk", "is", "full", "at", "(", ")", "for", "it's"), { minLength: 1 });
    fc.assert(
      fc.property(words, number, number, (some, a, b) => {
        const line = (n: number): string => `${some.join(" ").slice(0, 25)} ${n}\n`;
        expect(textOf(line(a))).toBe(textOf(line(b)));
      }),
    );
  });

  test("the text is one line, not long, and without digits", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 150 }), (written) => {
        for (const text of [textOf(written), failureText(written)]) {
          expect(text).not.toMatch(/[0-9\n\r]/);
          expect(text.length).toBeLessThanOrEqual(200);
        }
      }),
    );
  });
});

test("endings tell kinds apart as well", () => {
  const endings = [exited(1), exited(2), signalled(1), signalled(2), GIVEN_UP, TIMED_OUT];
  const keys = [...endings, { type: "not-started", errno: 1 } as const].map((ending) => failureKey(ending, "x"));
  expect(new Set(keys).size).toBe(7);
  expect(failureKey(exited(1), "x")).not.toBe(failureKey(exited(1), "y"));
});

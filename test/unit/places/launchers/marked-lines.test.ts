import * as fc from "fast-check";
import { expect, test } from "vitest";
import { MarkedLines } from "../../../../src/places/launchers/marked-lines.ts";

const MARK = "5eed";

test("an answer is what follows the mark; all else is chatter", () => {
  const lines = new MarkedLines(MARK);
  expect(lines.push(`Welcome!\n${MARK} engine 17\nbye`)).toEqual({ answers: ["engine 17"], chatter: "Welcome!\n" });
  expect(lines.rest()).toBe("bye");
  expect(lines.rest()).toBe("");
});

test("an answer may follow chatter on the same line", () => {
  const lines = new MarkedLines(MARK);
  expect(lines.push(`no line end${MARK} engine 17\n`)).toEqual({ answers: ["engine 17"], chatter: "no line end" });
});

test("a marked line without an end is no answer yet", () => {
  const lines = new MarkedLines(MARK);
  expect(lines.push(`${MARK} eng`)).toEqual({ answers: [], chatter: "" });
  expect(lines.push("ine 17\n")).toEqual({ answers: ["engine 17"], chatter: "" });
});

test("output without a line end is handed on, and an answer behind it is heard all the same", () => {
  const lines = new MarkedLines(MARK);
  const piece = "\r".repeat(1_000_000);
  let handedOn = 0;
  for (let i = 1; i <= 64; i++) {
    handedOn += lines.push(piece).chatter.length;
    expect(i * piece.length - handedOn).toBeLessThan(MARK.length + 1);
  }
  for (const character of `${MARK} engine 17`) handedOn += lines.push(character).chatter.length;
  const { answers, chatter } = lines.push("\n");
  expect(answers).toEqual(["engine 17"]);
  expect(handedOn + chatter.length).toBe(64 * piece.length);
});

test("what is longer than any answer is none", () => {
  const lines = new MarkedLines(MARK);
  expect(lines.push(`${MARK} ${"x".repeat(70_000)}`).chatter).toContain(`${MARK} x`);
  expect(lines.push("\n").answers).toEqual([]);
});

test("it does not matter in what pieces the output arrives", () => {
  const long = fc.constantFrom("\r".repeat(65_540), `${"x".repeat(65_532)}${MARK} engine 17`);
  const line = fc.oneof(fc.constantFrom(`${MARK} engine 17`, `x${MARK} send /y`, MARK, "", " "), fc.string(), long);
  const output = fc.array(line).map((all) => all.join("\n"));
  fc.assert(
    fc.property(
      output,
      fc.array(fc.oneof(fc.nat({ max: 20 }), fc.integer({ min: 65_500, max: 65_600 }))),
      (text, cuts) => {
        const whole = new MarkedLines(MARK);
        const { answers, chatter } = whole.push(text);
        const all = chatter + whole.rest();
        const parts = new MarkedLines(MARK);
        const heard = { answers: [] as string[], chatter: "" };
        let from = 0;
        for (const cut of [...cuts, text.length]) {
          const piece = parts.push(text.slice(from, from + cut));
          heard.answers.push(...piece.answers);
          heard.chatter += piece.chatter;
          from += cut;
        }
        expect(heard.answers).toEqual(answers);
        expect(heard.chatter + parts.rest()).toBe(all);
      },
    ),
  );
});

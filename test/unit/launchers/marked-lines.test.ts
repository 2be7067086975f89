import * as fc from "fast-check";
import { expect, test } from "vitest";
import { MarkedLines } from "../../../src/launchers/marked-lines.ts";

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

test("it does not matter in what pieces the output arrives", () => {
  const line = fc.oneof(fc.constantFrom(`${MARK} engine 17`, `x${MARK} send /y`, MARK, "", " "), fc.string());
  const output = fc.array(line).map((all) => all.join("\n"));
  fc.assert(
    fc.property(output, fc.array(fc.nat({ max: 20 })), (text, cuts) => {
      const whole = new MarkedLines(MARK);
      const { answers, chatter } = whole.push(text);
      const parts = new MarkedLines(MARK);
      const heard = { answers: [] as string[], chatter: "" };
      let from = 0;
      for (const cut of [...cuts, text.length]) {
        const piece = parts.push(text.slice(from, from + cut));
        heard.answers.push(...piece.answers);
        heard.chatter += piece.chatter;
        from += cut;
      }
      expect(heard).toEqual({ answers, chatter });
      expect(parts.rest()).toBe(whole.rest());
    }),
  );
});

import { expect, test } from "vitest";
import { roff, roffArguments, roffMarked } from "../../../../src/cli/manual/roff.ts";

test.each([
  ["a hyphen, so that it can be copied", "--a-b", String.raw`\-\-a\-b`],
  ["a backslash", String.raw`a\nb`, String.raw`a\enb`],
  ["a dot at the beginning of a line", ".ssh", String.raw`\&.ssh`],
  ["a quote at the beginning of a line", "'a'", String.raw`\(aqa\(aq`],
  ["what a terminal would show as another character", '"^~`', String.raw`\(dq\(ha\(ti\(ga`],
  ["a name that is not to be hyphenated", "see PREFIX_a and dbUtil", String.raw`see \%PREFIX_a and \%dbUtil`],
  ["nothing else", "a. b, 1 (c) %d", "a. b, 1 (c) %d"],
])("%s is escaped", (_, text, escaped) => {
  expect(roff(text)).toBe(escaped);
});

test("what is typed is shown in bold letters", () => {
  expect(roffMarked("with `-r`: on")).toBe(String.raw`with \fB\-r\fR: on`);
  expect(roffMarked("`a` is b")).toBe(String.raw`\fBa\fR is b`);
});

test("no argument is taken for a macro or for the end of a sentence", () => {
  expect(roffArguments(["In", "a", "job", ",", "No", "N"])).toBe(String.raw`\&In a job \&, \&No N`);
});

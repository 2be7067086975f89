import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import { parsePythonBytes, parsePythonText } from "../../../../src/records/statusfile/python-literal.ts";
import { pythonBytesRepr, pythonRepr } from "../../../../src/domain/python-repr.ts";

const Pairs = v.array(v.tuple([v.string(), v.string()]));
const Facts = v.object({
  /** A text and its repr(). */
  text: Pairs,
  /** Bytes in hexadecimal and their repr(). */
  bytes: Pairs,
  /** A literal and the text that it stands for. */
  textLiterals: Pairs,
  /** A literal and the bytes that it stands for, in hexadecimal. */
  bytesLiterals: Pairs,
  /** What literal_eval() does not take, or not as that type. */
  notText: v.array(v.string()),
  notBytes: v.array(v.string()),
});

/** What Python 3.11 itself says. */
const facts = v.parse(Facts, JSON.parse(readFileSync(new URL("python-3.11.json", import.meta.url), "utf8")));

const anyText = fc.string({ unit: "binary" });
const withLoneSurrogates = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));

test("the repr of a text is Python's, to the character", () => {
  expect(facts.text.map(([text]) => [text, pythonRepr(text)])).toEqual(facts.text);
});

test("the repr of bytes is Python's, to the character", () => {
  const ours = facts.bytes.map(([hex]) => [hex, pythonBytesRepr(Buffer.from(hex, "hex"))]);
  expect(ours).toEqual(facts.bytes);
});

test("literals mean what they mean in Python", () => {
  expect(facts.textLiterals.map(([literal]) => [literal, parsePythonText(literal)])).toEqual(facts.textLiterals);
  const ours = facts.bytesLiterals.map(([literal]) => [literal, parsePythonBytes(literal)?.toString("hex")]);
  expect(ours).toEqual(facts.bytesLiterals);
});

test("what is no literal in Python is none here", () => {
  expect(facts.notText.filter((literal) => parsePythonText(literal) !== undefined)).toEqual([]);
  expect(facts.notBytes.filter((literal) => parsePythonBytes(literal) !== undefined)).toEqual([]);
});

test("reading the repr of a text gives the text back", () => {
  const isGivenBack = (text: string): void => {
    expect(parsePythonText(pythonRepr(text))).toBe(text);
  };
  fc.assert(fc.property(anyText, isGivenBack));
  fc.assert(fc.property(withLoneSurrogates, isGivenBack));
});

test("reading the repr of bytes gives the bytes back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(parsePythonBytes(pythonBytesRepr(bytes))).toEqual(Buffer.from(bytes));
    }),
  );
});

test("the repr of a text is one line of well-formed text without tabs", () => {
  fc.assert(
    fc.property(withLoneSurrogates, (text) => {
      const repr = pythonRepr(text);
      expect(repr).not.toMatch(/[\t\n\r]/);
      expect(repr.isWellFormed()).toBe(true);
    }),
  );
});

test("a literal as long as a command can be is read", () => {
  const bytes = Buffer.alloc(131_072, "\\\xff'", "latin1");
  expect(parsePythonBytes(pythonBytesRepr(bytes))?.equals(bytes)).toBe(true);
});

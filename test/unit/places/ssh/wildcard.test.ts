import * as fc from "fast-check";
import { expect, test } from "vitest";
import { matchesWildcard } from "../../../../src/places/ssh/wildcard.ts";

/** The rule itself, tried in every way. */
function matchesByDefinition(text: string, pattern: string): boolean {
  if (pattern === "") return text === "";
  const rest = pattern.slice(1);
  if (pattern.startsWith("*")) {
    return matchesByDefinition(text, rest) || (text !== "" && matchesByDefinition(text.slice(1), pattern));
  }
  return text !== "" && (pattern.startsWith("?") || pattern[0] === text[0]) && matchesByDefinition(text.slice(1), rest);
}

test("matches exactly what the definition of the wildcards does", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", ".", "*", "?"), maxLength: 8 });
  fc.assert(
    fc.property(text, pattern, (given, wanted) => {
      expect(matchesWildcard(given, wanted)).toBe(matchesByDefinition(given, wanted));
    }),
    { numRuns: 5000 },
  );
});

test("any text matches itself, and with a star in place of any part", () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), fc.nat(), (text, a, b) => {
      const [from = 0, to = 0] = [a % (text.length + 1), b % (text.length + 1)].toSorted((x, y) => x - y);
      expect(matchesWildcard(text, `${text.slice(0, from)}*${text.slice(to)}`)).toBe(true);
    }),
  );
});

test("a pattern made to be slow is not", () => {
  const [text, pattern] = ["a".repeat(5000), `${"*a".repeat(1000)}*b`];
  expect(matchesWildcard(text, pattern)).toBe(false);
});

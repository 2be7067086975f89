import type { Text } from "../document/workflow.ts";
import { axesIn, isPlain, type PathPattern } from "./path-pattern.ts";

/**
 * Whether the shape of a pattern proves that any two instances have different paths, and that none is in what is the path of another
 * one. When it does not, they may differ all the same.
 *
 * @param varying axes of the template that have, or may get, several values.
 */
export function isDistinct(pattern: PathPattern, varying: readonly string[]): boolean {
  const { text, factsOf } = pattern;
  const inText = axesIn(text);
  if (varying.length === 0) return true;
  if (!isPlain(pattern) || varying.some((axis) => !inText.includes(axis))) return false;
  const isNested = varying.some((axis) => factsOf(axis).hasSlash) && !endsOnce(pattern);
  return !isNested && canBeRead(pattern);
}

/**
 * Whether the values can be read back from a path: from the left as long as each value ends where its length or the character
 * behind it says, from the right likewise, and one is what is left between.
 */
function canBeRead({ text, factsOf }: PathPattern): boolean {
  const known = new Set<string>();
  const canRead = (part: Text[number], neighbour: Text[number] | undefined, at: number): boolean => {
    if (typeof part === "string" || known.has(part.axis)) return true;
    const facts = factsOf(part.axis);
    const isBounded = typeof neighbour === "string" && !facts.hasChar(neighbour.at(at) ?? "");
    if (!facts.isFixed && !isBounded && neighbour !== undefined) return false;
    known.add(part.axis);
    return true;
  };
  let left = 0;
  for (let part = text[left]; part !== undefined && canRead(part, text[left + 1], 0); part = text[left]) left++;
  let right = text.length - 1;
  for (let part = text[right]; part !== undefined && right > left; part = text[right]) {
    if (!canRead(part, text[right - 1], -1)) return false;
    right--;
  }
  return true;
}

/** Whether a character at the beginning of the last literal occurs nowhere else: no path goes on behind the end of another one. */
function endsOnce({ text, factsOf }: PathPattern): boolean {
  const last = text.at(-1);
  if (typeof last !== "string" || last.includes("/")) return false;
  const char = last.charAt(0);
  const literal = text.filter((part) => typeof part === "string").join("");
  return literal.split(char).length === 2 && axesIn(text).every((axis) => !factsOf(axis).hasChar(char));
}

import type { Step } from "../document/path-text.ts";
import { axesIn, isPlain, type PathPattern } from "./path-pattern.ts";

/**
 * Whether the shapes of two patterns prove that no path of the one is a path of the other, or in it. When they do not, all paths
 * may differ all the same.
 */
export function areApart(a: PathPattern, b: PathPattern): boolean {
  if (a.isAbsolute !== b.isAbsolute) return true;
  if (!isPlain(a) || !isPlain(b)) return false;
  const length = Math.min(a.steps.length, b.steps.length);
  for (let i = 0; i < length; i++) {
    const [ofA, ofB] = [a.steps[i] ?? [], b.steps[i] ?? []];
    if (hasSlash(ofA, a) || hasSlash(ofB, b)) return false;
    if (stepsDiffer(ofA, a, ofB, b)) return true;
  }
  return false;
}

/** Whether a step of a pattern has values that are several steps. */
export function hasSlash(step: Step, { factsOf }: PathPattern): boolean {
  return step.some((part) => typeof part !== "string" && factsOf(part.axis).hasSlash);
}

/** Whether a step of one pattern is never the same as a step of another one. */
function stepsDiffer(a: Step, ofA: PathPattern, b: Step, ofB: PathPattern): boolean {
  const [textA, textB] = [literalOf(a), literalOf(b)];
  if (textA !== undefined && textB !== undefined) return textA !== textB;
  if (textA !== undefined) return !mayBe(b, ofB, textA);
  if (textB !== undefined) return !mayBe(a, ofA, textB);
  const [startA, startB] = [startOf(a), startOf(b)];
  if (!startA.startsWith(startB) && !startB.startsWith(startA)) return true;
  const [endA, endB] = [endOf(a), endOf(b)];
  if (!endA.endsWith(endB) && !endB.endsWith(endA)) return true;
  const [lengthsA, lengthsB] = [lengthsOf(a, ofA), lengthsOf(b, ofB)];
  if (lengthsA.most < lengthsB.least || lengthsB.most < lengthsA.least) return true;
  return countsDiffer(a, ofA, b, ofB);
}

/** Whether a step may be this text. */
export function mayBe(step: Step, pattern: PathPattern, text: string): boolean {
  const [start, end] = [startOf(step), endOf(step)];
  const { least, most } = lengthsOf(step, pattern);
  if (text.length < least || text.length > most || !text.startsWith(start) || !text.endsWith(end)) return false;
  const [only, ...others] = axesIn(step);
  const middle = text.slice(start.length, text.length - end.length);
  if (only !== undefined && others.length === 0) return pattern.factsOf(only).mayBe(middle);
  return !countsDiffer(step, pattern, [text], pattern);
}

/** Whether a character that only literals have occurs more often in one step than in the other. */
function countsDiffer(a: Step, ofA: PathPattern, b: Step, ofB: PathPattern): boolean {
  const isIn = (char: string): boolean =>
    axesIn(a).some((axis) => ofA.factsOf(axis).hasChar(char)) ||
    axesIn(b).some((axis) => ofB.factsOf(axis).hasChar(char));
  const [inA, inB] = [charsOf(a), charsOf(b)];
  for (const char of new Set([...inA.keys(), ...inB.keys()])) {
    if (inA.get(char) !== inB.get(char) && !isIn(char)) return true;
  }
  return false;
}

/** How often each character stands in the literals of a step. */
function charsOf(step: Step): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const part of step) {
    if (typeof part !== "string") continue;
    for (const char of part) counts.set(char, (counts.get(char) ?? 0) + 1);
  }
  return counts;
}

/** The text of a step without axes. */
export function literalOf(step: Step): string | undefined {
  const [first = ""] = step;
  return step.length <= 1 && typeof first === "string" ? first : undefined;
}

function startOf(step: Step): string {
  const [first = ""] = step;
  return typeof first === "string" ? first : "";
}

function endOf(step: Step): string {
  const last = step.at(-1) ?? "";
  return typeof last === "string" ? last : "";
}

function lengthsOf(step: Step, { factsOf }: PathPattern): { readonly least: number; readonly most: number } {
  let [least, most] = [0, 0];
  for (const part of step) {
    const isLiteral = typeof part === "string";
    least += isLiteral ? part.length : factsOf(part.axis).shortest;
    most += isLiteral ? part.length : factsOf(part.axis).longest;
  }
  return { least, most };
}

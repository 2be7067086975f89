import type { Step } from "../document/path-text.ts";
import { hasSlash, literalOf, mayBe } from "./are-apart.ts";
import { axesIn, isPlain, type PathPattern } from "./path-pattern.ts";

/** Values of the axes of a pattern that make its path the one of another. Any value will do for axes that are not named. */
type Bindings = Readonly<Record<string, string>>;

/** Values of two patterns for which one's path is the other's, or in it. */
export interface Meeting {
  readonly of: Bindings;
  readonly with: Bindings;
}

/**
 * The values for which a path of one pattern is a path of the other, or one is in the other, where this is to be seen: step by step,
 * both say the same of the same axis, or one says what is a value of the other's axis. Undefined when it cannot be seen, or is not so.
 */
export function surelyMeet(a: PathPattern, b: PathPattern): Meeting | undefined {
  if (a.isAbsolute !== b.isAbsolute || !isPlain(a) || !isPlain(b)) return undefined;
  const meeting = { of: {}, with: {} };
  for (let i = 0; i < Math.min(a.steps.length, b.steps.length); i++) {
    const [ofA, ofB] = [a.steps[i] ?? [], b.steps[i] ?? []];
    if (hasSlash(ofA, a) || hasSlash(ofB, b)) return undefined;
    const [textA, textB] = [literalOf(ofA), literalOf(ofB)];
    const isSame =
      textA !== undefined
        ? textB === undefined
          ? binds(ofB, b, textA, meeting.with)
          : textA === textB
        : textB === undefined
          ? saySame(ofA, a, ofB, b)
          : binds(ofA, a, textB, meeting.of);
    if (!isSame) return undefined;
  }
  return meeting;
}

/** Whether two steps have the same literals, and between them the same axes of the workflow. */
function saySame(a: Step, ofA: PathPattern, b: Step, ofB: PathPattern): boolean {
  if (a.length !== b.length) return false;
  return a.every((part, i) => {
    const other = b[i] ?? "";
    if (typeof part === "string" || typeof other === "string") return part === other;
    return ofA.factsOf(part.axis) === ofB.factsOf(other.axis);
  });
}

/** Whether the one axis of a step has a value that makes this text of it, which is noted. */
function binds(step: Step, pattern: PathPattern, text: string, bindings: Record<string, string>): boolean {
  const [axis = "", ...others] = axesIn(step);
  if (others.length > 0 || !pattern.factsOf(axis).isComplete || !mayBe(step, pattern, text)) return false;
  const [before = "", behind = ""] = [step[0], step.at(-1)].map((part) => (typeof part === "string" ? part : ""));
  const value = text.slice(before.length, text.length - behind.length);
  const known = bindings[axis];
  bindings[axis] = value;
  return known === undefined || known === value;
}

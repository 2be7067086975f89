import { isAbsolutePath } from "../document/path-of.ts";
import { type Step, stepsOf } from "../document/path-text.ts";
import type { Text } from "../document/workflow.ts";
import type { ValueFacts } from "./value-facts.ts";

/** The paths of a file of all instances of a template. */
export interface PathPattern {
  readonly text: Text;
  readonly isAbsolute: boolean;
  readonly steps: readonly Step[];
  /** What is known of an axis of the template. */
  readonly factsOf: (axis: string) => ValueFacts;
}

/** @param text normal, as `TemplateFiles` has it. */
export function patternOf(text: Text, factsOf: (axis: string) => ValueFacts): PathPattern {
  const isAbsolute = isAbsolutePath(text);
  const steps = stepsOf(text);
  return { text, isAbsolute, steps: isAbsolute ? steps.slice(1) : steps, factsOf };
}

/** The axes in a text, each as often as it occurs. */
export function axesIn(text: Step): readonly string[] {
  return text.flatMap((part) => (typeof part === "string" ? [] : [part.axis]));
}

/** Whether all paths are what the values make of the text, and none of them is changed to be normal. */
export function isPlain({ text, factsOf }: PathPattern): boolean {
  return text.every((part) => typeof part === "string" || factsOf(part.axis).isPlain);
}

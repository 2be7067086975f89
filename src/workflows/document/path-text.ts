import { quoteWord } from "../../domain/spelling/quote-word.ts";
import type { Mistake } from "./mistakes.ts";
import type { Text } from "./workflow.ts";

/** A path as a document says it. */
export interface SaidPath {
  /** Normal: no empty step, no `.` and no `..` stands in what is not the value of an axis, and no slash at the end. */
  readonly path: Text;
  /** The path ends in a slash in the document. */
  readonly isFolder: boolean;
}

/** Folder below which outputs are written until they are put in place. */
export const STAGE = ".disbatch";

type Part = Text[number];
/** What stands between two slashes of a path. */
export type Step = readonly Part[];

/**
 * A path with places for the values of axes, made normal.
 *
 * @param source as it stands in the document, for what is said of it.
 */
export function readPath(text: Text, source: string): SaidPath | Mistake {
  const [first = ""] = text;
  const isAbsolute = typeof first === "string" && first.startsWith("/");
  const wrong = mistakeInText(text, source);
  if (wrong !== undefined) return wrong;
  const steps = stepsOf(text);
  const isFolder = steps.length > 1 && steps.at(-1)?.length === 0;
  const normal: Step[] = [];
  for (const step of steps) {
    const [only = ""] = step;
    if (step.length === 0 || (step.length === 1 && only === ".")) continue;
    if (step.length !== 1 || only !== "..") normal.push(step);
    else if (!isAbsolute && normal.length === 0)
      return { message: `${quoteWord(source)} leaves the folder of the run`, hint: ABSOLUTE };
    else if (normal.at(-1)?.some((part) => typeof part !== "string") === true)
      return { message: `${quoteWord(source)} has .. behind the value of an axis`, hint: "write the path without it" };
    else normal.pop();
  }
  const [top] = normal;
  if (top === undefined) return { message: `${quoteWord(source)} is no path of a file, or of a folder in another one` };
  if (!isAbsolute && top.length === 1 && top[0] === STAGE)
    return { message: `${quoteWord(source)} is in ${STAGE}, which belongs to disbatch`, hint: "write another folder" };
  return { path: joined(normal, isAbsolute), isFolder };
}

const ABSOLUTE = "a path from / may lead anywhere";
/** Control characters, and halves of characters. */
const NO_PATH = /[\p{Cc}\p{Cs}]/u;

function mistakeInText(text: Text, source: string): Mistake | undefined {
  if (text.length === 0) return { message: "an empty path" };
  if (text.some((part) => typeof part === "string" && NO_PATH.test(part)))
    return { message: `${quoteWord(source)} has control characters, or half a character` };
  if (source.startsWith("~"))
    return {
      message: `${quoteWord(source)}: ~ stands for no folder here`,
      hint: "write the whole path, or a parameter",
    };
  return undefined;
}

/** What stands between the slashes of a text, values of axes apart; nothing where two of them follow each other. */
export function stepsOf(text: Text): readonly Step[] {
  const steps: Part[][] = [[]];
  for (const part of text) {
    if (typeof part !== "string") {
      steps.at(-1)?.push(part);
      continue;
    }
    for (const [i, piece] of part.split("/").entries()) {
      if (i > 0) steps.push([]);
      if (piece !== "") steps.at(-1)?.push(piece);
    }
  }
  return steps;
}

function joined(steps: readonly Step[], isAbsolute: boolean): Text {
  const parts: Part[] = [];
  let literal = isAbsolute ? "/" : "";
  for (const [i, step] of steps.entries()) {
    if (i > 0) literal += "/";
    for (const part of step) {
      if (typeof part === "string") {
        literal += part;
        continue;
      }
      if (literal !== "") parts.push(literal);
      literal = "";
      parts.push(part);
    }
  }
  if (literal !== "") parts.push(literal);
  return parts;
}

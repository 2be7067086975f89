import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { STAGE } from "./path-text.ts";
import { textWith } from "./placed-text.ts";
import type { Text } from "./workflow.ts";

/** Where a file of an instance is, or why it can be nowhere. */
export type FilePath = { readonly path: string } | { readonly why: string };

/** Whether a text has an empty step, `.` or `..` between its slashes. */
const NEEDS_WORK = /(?:^|\/)\.{0,2}(?:\/|$)/;

/**
 * The path of a file for the values of an instance: absolute, or from the folder of the run's tasks, which it does not leave, and
 * normal. Whether links lead elsewhere is not looked at.
 *
 * @param text as `TemplateFiles` has it.
 */
export function pathOf(text: Text, values: Readonly<Record<string, string>>): FilePath {
  return pathSaid(textWith(text, values), isAbsolutePath(text));
}

/** Whether the document has an absolute path there, which values of axes cannot make of another one. */
export function isAbsolutePath([first = ""]: Text): boolean {
  return typeof first === "string" && first.startsWith("/");
}

/** The path alone. What is none stays as it is said: whoever makes or reads such a file refuses it. */
export function pathWith(text: Text, values: Readonly<Record<string, string>>): string {
  return plainPath(textWith(text, values), isAbsolutePath(text));
}

/** The same for a text that has the values in it. */
export function plainPath(said: string, isAbsolute: boolean): string {
  const found = pathSaid(said, isAbsolute);
  return "path" in found ? found.path : said;
}

function pathSaid(said: string, isAbsolute: boolean): FilePath {
  const plain = isAbsolute ? said.slice(1) : said;
  // Few values have more than one step, and hardly any has steps that are no names.
  if (!NEEDS_WORK.test(plain)) return isInStage(plain, isAbsolute) ? belongsToUs(said) : { path: said };
  if (!isAbsolute && said.startsWith("/"))
    return { why: `${quoteWord(said)} begins with a slash by the value of an axis` };
  const steps = plain.split("/").filter((step) => step !== "" && step !== ".");
  if (steps.includes("..")) return { why: `${quoteWord(said)} has .. by the value of an axis` };
  const path = steps.join("/");
  if (path === "") return { why: `${quoteWord(said)} is no path of a file, or of a folder in another one` };
  if (isInStage(path, isAbsolute)) return belongsToUs(said);
  return { path: isAbsolute ? `/${path}` : path };
}

function isInStage(path: string, isAbsolute: boolean): boolean {
  return !isAbsolute && path.startsWith(STAGE) && (path.length === STAGE.length || path[STAGE.length] === "/");
}

function belongsToUs(said: string): FilePath {
  return { why: `${quoteWord(said)} is in ${STAGE}, which belongs to disbatch` };
}

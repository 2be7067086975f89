import { quoteWord } from "../../domain/spelling/quote-word.ts";
import type { Path } from "../document/tree.ts";
import type { ForeignTree } from "./foreign-tree.ts";

/** What a command of Stolos is filled in with. */
export interface CommandSurroundings {
  readonly app: string;
  /** The axis of an identifier; undefined for a name that is none. */
  readonly axisOf: (identifier: string) => string | undefined;
  /** The job id: literal texts, and axes between them. */
  readonly jobId: readonly string[];
}

/** `{{`, `}}`, `{name}`, or a brace that means nothing. */
const PART = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;
const BRACES = "a brace that is meant as it is stands twice";

/** A here-document whose end is quoted: `<<"EOF"`, `<<\EOF`. Its text stays as it is. */
const QUOTED_END = /(?<!<)<<-?[^\S\n]*[^\s;|&<>()]*["\\]/;
/** Stands for a value in the text of a command, which cannot have it. */
const VALUE = "\0";

/** Text of a command, or an axis whose value stands there. */
type Part = string | { readonly axis: string };

/**
 * What a task says of its command. Values stand in variables, as everywhere. Between single quotes, behind a backslash, in a here-document
 * whose end is quoted, and in a range in braces the shell would not replace those, and a command that sets such a variable has another
 * value there: then they are put into the text, as Stolos does.
 */
export function commandOf(
  command: string,
  path: Path,
  around: CommandSurroundings,
  foreign: ForeignTree,
): Readonly<Record<string, unknown>> {
  const parts = partsOf(command, path, around, foreign);
  const isKept = /'|\\\{[^{]/.test(command) || QUOTED_END.test(command) || hasRange(parts);
  const isReplaced = !isKept && !parts.some((part) => setsVariable(parts, part));
  if (isReplaced) return { run: parts.map(shellText).join("") };
  const words = parts.map((part) => (typeof part === "string" ? part.replaceAll("${", () => "$${") : shellText(part)));
  return { command: ["/bin/sh", "-c", words.join("")] };
}

/** Whether a value is in a range, `{1..n}`, which the shell makes words of before it looks for variables. */
function hasRange(parts: readonly Part[]): boolean {
  const marked = parts.map((part) => (typeof part === "string" ? part : VALUE)).join("");
  return [...marked.matchAll(/\{[^{}\s]*\.\.[^{}\s]*\}/g)].some(([range]) => range.includes(VALUE));
}

/** Whether the command may give a variable of this axis a value: `x=1`, `for x in`, `read x` and the like. */
function setsVariable(parts: readonly Part[], part: Part): boolean {
  if (typeof part === "string") return false;
  const set = String.raw`(?<![\w$-])${part.axis}(?:\+?=|\[)`;
  const named = String.raw`\b(?:for|select|read|unset|getopts|mapfile|readarray|let|printf -v)\b[^;&|\n]*(?<![\w$-])${part.axis}\b`;
  const counted = String.raw`\(\([^)]*(?<![\w$-])${part.axis}\s*(?:\+\+|--|[-+*/%]?=[^=])`;
  const pattern = new RegExp(`${set}|${named}|${counted}`);
  // Values are no texts of the command: a place holds the two sides apart.
  return pattern.test(parts.map((each) => (typeof each === "string" ? each : "{}")).join(""));
}

function shellText(part: Part): string {
  return typeof part === "string" ? part : `\${${part.axis}}`;
}

/** Texts with axes between them; no two texts stand side by side. */
function partsOf(command: string, path: Path, around: CommandSurroundings, foreign: ForeignTree): readonly Part[] {
  const parts: Part[] = [];
  let text = "";
  let end = 0;
  const place = (axis: string): void => {
    if (text.endsWith("$")) foreign.refuse(path, `a dollar sign before the value of ${axis}`, BRACES);
    if (text !== "") parts.push(text);
    text = "";
    parts.push({ axis });
  };
  for (const match of command.matchAll(PART)) {
    const [all, name] = match;
    text += command.slice(end, match.index);
    end = match.index + all.length;
    const axis = name === undefined ? undefined : around.axisOf(name);
    if (all === "{{" || all === "}}") text += all[0] ?? "";
    else if (axis !== undefined) place(axis);
    else if (name === "app_name") text += around.app;
    else if (name === "job_id") {
      for (const [i, part] of around.jobId.entries()) {
        if (i % 2 === 0) text += part;
        else place(part);
      }
    } else if (name === undefined) foreign.refuse(path, "a brace that is not closed, or not opened", BRACES);
    else refuseName(name, text.endsWith("$"), path, foreign);
  }
  text += command.slice(end);
  return text === "" ? parts : [...parts, text];
}

function refuseName(name: string, isVariable: boolean, path: Path, foreign: ForeignTree): void {
  const hint = isVariable ? `write $${name}: braces in a command stand for identifiers` : BRACES;
  foreign.refuse(path, `${quoteWord(`{${name}}`)} is no identifier of the app, nor app_name or job_id`, hint);
}

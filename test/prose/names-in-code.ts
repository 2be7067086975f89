import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../support/pages.ts";

/** Names that users meet, as the program's source has them. */

/** A word of several, with `-` between them: what errors and events are called. */
const WORD = "[a-z]+(?:-[a-z]+)*";

/** How the source says that something is the code of an error. */
const ERROR_CODES: readonly RegExp[] = [
  // The first argument of what makes an error.
  new RegExp(String.raw`\b(?:new \w*Error|super|usage|outOfReach|this\.#failure|\.unusable)\(\s*"(${WORD})"`, "g"),
  new RegExp(String.raw`\.#report\(\s*"(?:error|warning)",\s*"(${WORD})"`, "g"),
  // Errors of hosts, by the words that come back from there.
  new RegExp(String.raw`\bcase "(${WORD})":\s*return new UserError\(why,`, "g"),
];
/** Where several may stand beside each other: a field or variable of that name, a type, and constants. */
const PLACES_OF_CODES: readonly RegExp[] = [
  /\bcode(?::| =)[^,;{}\n]*/g,
  /\btype \w*(?:Failure|MisuseCode|Refusal) =[^;]*;/g,
  /\bconst [A-Z]+_MISSING = [^;]*;/g,
];

/** Codes of errors and diagnostics; a few are made of two parts in the source, which types show whole. */
export function errorCodes(): string[] {
  const code = sourceOf("src");
  const single = ERROR_CODES.flatMap((pattern) => [...code.matchAll(pattern)].map(([, word = ""]) => word));
  const places = PLACES_OF_CODES.flatMap((pattern) => [...code.matchAll(pattern)].map(([place]) => place));
  const several = places.flatMap((place) => [...place.matchAll(new RegExp(`"(${WORD})"`, "g"))].map(([, w = ""]) => w));
  return unique([...single, ...several.filter((word) => word.includes("-") || SHORT_CODES.has(word))]);
}

/** Codes of one word: others that stand in the same places are kinds of things. */
const SHORT_CODES: ReadonlySet<string> = new Set(["unreachable", "refused", "authentication"]);

/** Events of the journal. */
export function eventNames(): string[] {
  const types = sourceOf("src/domain/events.ts").matchAll(new RegExp(`readonly type: "(${WORD})"`, "g"));
  return unique([...types].map(([, name = ""]) => name));
}

/** Words of directives. */
export function directiveWords(): string[] {
  const [, words = ""] = /const WORDS = \[([^\]]*)\]/.exec(sourceOf("src/tasks/taskfile/parse-directive.ts")) ?? [];
  return [...words.matchAll(/"([A-Z]+)"/g)].map(([, word = ""]) => word);
}

/** Variables that are of this program, of Slurm, of the libraries that take threads or GPUs, or read by a look into the environment. */
const VARIABLES: readonly RegExp[] = [
  /\b((?:DISBATCH|SLURM|SLURMD)_[A-Z0-9_]*[A-Z0-9])\b/g,
  /\b(XDG_[A-Z_]*[A-Z])\b/g,
  // What the command of --retire-cmd finds.
  /^ +readonly ([A-Z][A-Z_]+)\??: string/gm,
  /"((?:OMP|OPENBLAS|MKL|NUMEXPR|CUDA|ROCR|HIP|GPU|ZE|SSH)_[A-Z0-9_]*[A-Z0-9])"/g,
  /\benv(?:ironment)?(?:\.|\[")([A-Z][A-Z0-9_]+)\b/g,
];

/** Variables that tasks find, or that the program reads or sets. */
export function variableNames(): string[] {
  const code = sourceOf("src");
  return unique(VARIABLES.flatMap((pattern) => [...code.matchAll(pattern)].map(([, name = ""]) => name)));
}

/** Whether a text stands in the source as a whole string. */
export function isStringInSource(text: string): boolean {
  return sourceOf("src").includes(`"${text}"`);
}

const sources = new Map<string, string>();

/** A file of the source, or all of a folder's, without comments. */
function sourceOf(name: string): string {
  const source = sources.get(name) ?? readSource(name);
  sources.set(name, source);
  return source;
}

function readSource(name: string): string {
  const files = name.endsWith(".ts")
    ? [name]
    : readdirSync(path.join(ROOT, name), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .map((file) => path.join(name, file));
  return files.map((file) => withoutComments(readFileSync(path.join(ROOT, file), "utf8"))).join("\n");
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "$1");
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].toSorted();
}

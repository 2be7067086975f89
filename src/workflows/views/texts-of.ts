import type { Action, Template, Text } from "../document/workflow.ts";

/** All that the shell or the program gets to see. */
export function textsOf({ action, env, workdir, files }: Template): readonly string[] {
  return [
    ...wordsOf(action),
    ...Object.values(env).map(plainText),
    ...(workdir === undefined ? [] : [plainText(workdir)]),
    ...(files?.outputs.map(({ path }) => plainText(path)) ?? []),
    ...(files?.inputs.map(({ path }) => plainText(path)) ?? []),
  ];
}

function wordsOf(action: Action): readonly string[] {
  if (action.kind === "script") return [action.script, ...(action.shell ?? [])];
  return action.kind === "none" ? [] : action.argv.map(plainText);
}

/** A text as the document has it. */
export function plainText(text: Text): string {
  return text.map((part) => (typeof part === "string" ? part : `\${${part.axis}}`)).join("");
}

/** Whether two parts of documents say the same. */
export function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** The text with the values of axes in their places. */
export function textWith(text: Text, values: Readonly<Record<string, string>>): string {
  return text.map((part) => (typeof part === "string" ? part : (values[part.axis] ?? ""))).join("");
}

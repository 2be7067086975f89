import { plainText } from "../document/placed-text.ts";
import type { Action, Template } from "../document/workflow.ts";

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

/** Whether two parts of documents say the same. */
export function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

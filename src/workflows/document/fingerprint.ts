import { createHash } from "node:crypto";
import type { Action, Template } from "./workflow.ts";

/** What tells whether a template is still the same task. Edges say the places of nothing: moving a task changes nothing. */
export function fingerprintOf(
  template: Omit<Template, "fingerprint">,
  axisNames: readonly string[],
  params: ReadonlyMap<string, string>,
): string {
  const { action, env, workdir, secrets, alternatives, condition, generates } = template;
  const said: unknown[] = [
    actionSaid(action),
    Object.entries(env).toSorted(byName),
    workdir ?? null,
    secrets.toSorted(),
    condition,
    generates === undefined ? null : generates.kind === "axis" ? ["axis", generates.axis] : ["tasks"],
    axisNames,
    alternatives.map((edges) =>
      edges.map(({ parent, match, printed, values, when }) => [
        parent,
        match,
        ...(printed === undefined ? [] : [printed]),
        // What only narrows an edge is named: it is no printed need.
        ...(values === undefined ? [] : [["values", values]]),
        ...(when === undefined ? [] : [["when", when]]),
      ]),
    ),
  ];
  const files = filesSaid(template);
  if (files.some((some) => some.length > 0)) said.push(["files", ...files]);
  const hash = createHash("sha256").update(JSON.stringify(said));
  const text = params.size === 0 ? "" : textsIn(said).join("\n");
  for (const [name, value] of [...params].toSorted(byName)) {
    if (namesParameter(text, name)) {
      hash.update(`\n${JSON.stringify([name, value])}`);
    }
  }
  return hash.digest("hex").slice(0, 32);
}

/** Outputs, and what is handed to the task. How it is told that they need not be made again counts for nothing. */
function filesSaid({ files, alternatives }: Pick<Template, "files" | "alternatives">): readonly (readonly unknown[])[] {
  const outputs = (files?.outputs ?? []).map(({ name, path, isFolder }) => [name, path, isFolder] as const);
  const inputs = (files?.inputs ?? []).map(({ name, path, isFolder }) => [name, path, isFolder] as const);
  const made = alternatives.map((edges) => {
    const named = edges.flatMap(({ parent, inputs: some = [] }) =>
      some.map(({ name, output, isList }) => [name, parent, output, isList] as const),
    );
    return named.toSorted(byName);
  });
  return [outputs.toSorted(byName), inputs.toSorted(byName), made.some((some) => some.length > 0) ? made : []];
}

function actionSaid(action: Action): readonly unknown[] {
  if (action.kind === "none") return ["none"];
  return action.kind === "script" ? ["run", action.script, action.shell ?? null] : ["command", action.argv];
}

/** Whether the name of a parameter occurs as a word. Behind a backslash it is none: `\n` ends lines. */
export function namesParameter(text: string, name: string): boolean {
  return text.includes(name) && new RegExp(String.raw`(?<![A-Za-z0-9_\\])${name}(?![A-Za-z0-9_])`).test(text);
}

/** All texts within lists, lists in them, and objects. */
function textsIn(said: unknown): string[] {
  if (typeof said === "string") return [said];
  if (typeof said !== "object" || said === null) return [];
  return Object.values(said).flatMap(textsIn);
}

function byName([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]): number {
  return a < b ? -1 : 1;
}

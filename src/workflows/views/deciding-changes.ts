import type { Change, ChangedPart } from "../../domain/run-reason.ts";
import { namesParameter } from "../document/fingerprint.ts";
import type { Action, Edge, Template, Workflow } from "../document/workflow.ts";
import { plainText } from "../document/placed-text.ts";
import { isSame, textsOf } from "./texts-of.ts";

/** A template, and the document that it is of. */
export type InWorkflow = readonly [template: Template, workflow: Workflow];

/** What of a template decides about what it does, and is another one in a later document: all that its fingerprint has. */
export function decidingChanges([was, before]: InWorkflow, [is, after]: InWorkflow): readonly Change[] {
  const inputs = namedChanges("input", inputsOf(was), inputsOf(is));
  const changes: Change[] = [
    ...actionChanges(was.action, is.action),
    ...namedChanges("env", textTable(was.env), textTable(is.env)),
    ...params(is, before, after),
    ...namedChanges("output", outputsOf(was), outputsOf(is)),
    ...inputs,
  ];
  const note = (part: ChangedPart, a: unknown, b: unknown): void => {
    if (!isSame(a, b)) changes.push({ part, how: "changed" });
  };
  note("workdir", was.workdir, is.workdir);
  note("secrets", was.secrets.toSorted(), is.secrets.toSorted());
  note("condition", was.condition, is.condition);
  note("generates", was.generates, is.generates);
  note("axes", axisNames(was, before), axisNames(is, after));
  // An input that came or went is an edge that came or went.
  const handed = new Set(inputs.filter(({ how }) => how !== "changed").map(({ name }) => name));
  note("needs", needsOf(was, handed), needsOf(is, handed));
  return changes;
}

function actionChanges(was: Action, is: Action): Change[] {
  if (was.kind !== "script" || is.kind !== "script")
    return isSame(was, is) ? [] : [{ part: "command", how: "changed" }];
  return [
    ...(was.script === is.script ? [] : [{ part: "command", how: "changed" } as const]),
    ...(isSame(was.shell, is.shell) ? [] : [{ part: "shell", how: "changed" } as const]),
  ];
}

/** Parameters whose values are others, and that the texts of the task name. */
function params(template: Template, { params: before }: Workflow, { params: after }: Workflow): Change[] {
  const texts = textsOf(template);
  return namedChanges("param", before, after).filter(({ name = "" }) =>
    texts.some((text) => namesParameter(text, name)),
  );
}

type Table = Readonly<Record<string, string>>;

/** What came, went, or has another value. Values of files are their paths. */
function namedChanges(part: "env" | "param" | "output" | "input", was: Table, is: Table): Change[] {
  const isFile = part === "output" || part === "input";
  return [...new Set([...Object.keys(is), ...Object.keys(was)])].flatMap((name): Change[] => {
    const [before, after] = [own(was, name), own(is, name)];
    if (before === after) return [];
    const how = before === undefined ? "new" : after === undefined ? "gone" : "changed";
    return [isFile ? { part, name, path: after, how } : { part, name, how, before, after }];
  });
}

function own(table: Table, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function textTable(env: Template["env"]): Table {
  return Object.fromEntries(Object.entries(env).map(([name, text]) => [name, plainText(text)]));
}

function outputsOf({ files }: Template): Table {
  return Object.fromEntries(files?.outputs.map(({ name, path }) => [name, plainText(path)]) ?? []);
}

/** Inputs by name: the path of a file that no task makes, or whose output it is. */
function inputsOf({ files, alternatives }: Template): Table {
  const handed = alternatives
    .flat()
    .flatMap(({ parent, inputs = [] }) => inputs.map(({ name, output }) => [name, `${parent}.${output}`] as const));
  return Object.fromEntries([
    ...(files?.inputs.map(({ name, path }) => [name, plainText(path)] as const) ?? []),
    ...handed,
  ]);
}

function axisNames({ axes }: Template, workflow: Workflow): readonly unknown[] {
  return axes.map((axis) => workflow.axes[axis]?.name);
}

/** What it needs, without those edges that hand on one of these inputs alone. */
function needsOf({ alternatives }: Template, without: ReadonlySet<string | undefined>): unknown {
  const isOther = ({ inputs }: Edge): boolean => inputs === undefined || inputs.some(({ name }) => !without.has(name));
  return alternatives.map((edges) =>
    edges.filter(isOther).map(({ parent, match, printed, values, when }) => ({ parent, match, printed, values, when })),
  );
}

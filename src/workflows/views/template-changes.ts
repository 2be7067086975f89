import { namesParameter } from "../document/fingerprint.ts";
import type { Action, Edge, Template, Workflow } from "../document/workflow.ts";
import type { InWorkflow } from "./deciding-changes.ts";
import { plainText } from "../document/placed-text.ts";
import { isSame, textsOf } from "./texts-of.ts";

/** What of a template is another in two documents. */
export type TemplateChange =
  | {
      readonly what:
        | "script"
        | "command"
        | "external"
        | "shell"
        | "workdir"
        | "secrets"
        | "if"
        | "when"
        | "allowFailure"
        | "generates";
    }
  | { readonly what: "axes" | "needs" | "terms" | "code" | "doneWhen" | "cacheEnv" }
  /** A variable of its `env`, a parameter that its texts name, or a file that it reads or makes. */
  | { readonly what: NamedPart; readonly name: string };

type NamedPart = "env" | "param" | "input" | "output";

/** How two documents differ, template by template, in the order of the document. What only stands elsewhere is no difference. */
export interface DocumentChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly { readonly name: string; readonly changes: readonly TemplateChange[] }[];
  /** Parameters whose values are others. */
  readonly params: readonly {
    readonly name: string;
    readonly before?: string | undefined;
    readonly after?: string | undefined;
  }[];
}

/** What has changed from one document of a workflow to another one. */
export function documentChanges(before: Workflow, after: Workflow): DocumentChanges {
  const old = new Map(before.templates.map((template) => [template.name, template]));
  const names = new Set(after.templates.map(({ name }) => name));
  const params = paramChanges(before, after);
  const changed = after.templates.flatMap((template) => {
    const was = old.get(template.name);
    const changes = was === undefined ? [] : templateChanges([was, before], [template, after], params);
    return changes.length === 0 ? [] : [{ name: template.name, changes }];
  });
  return {
    added: after.templates.flatMap(({ name }) => (old.has(name) ? [] : [name])),
    removed: before.templates.flatMap(({ name }) => (names.has(name) ? [] : [name])),
    changed,
    params,
  };
}

function paramChanges({ params: before }: Workflow, { params: after }: Workflow): DocumentChanges["params"] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return names.flatMap((name) =>
    before[name] === after[name] ? [] : [{ name, before: before[name], after: after[name] }],
  );
}

function templateChanges(
  [was, before]: InWorkflow,
  [is, after]: InWorkflow,
  params: DocumentChanges["params"],
): TemplateChange[] {
  const changes: TemplateChange[] = [...actionChanges(was.action, is.action)];
  const note = (what: Exclude<TemplateChange["what"], NamedPart>, a: unknown, b: unknown): void => {
    if (!isSame(a, b)) changes.push({ what });
  };
  const noteNamed = (what: "env" | "input" | "output", a: Named, b: Named): void => {
    for (const name of new Set([...b.keys(), ...a.keys()]))
      if (!isSame(a.get(name), b.get(name))) changes.push({ what, name });
  };
  noteNamed("env", new Map(Object.entries(was.env)), new Map(Object.entries(is.env)));
  note("workdir", was.workdir, is.workdir);
  note("secrets", was.secrets, is.secrets);
  note("if", was.condition, is.condition);
  note("when", was.when, is.when);
  note("allowFailure", was.allowFailure, is.allowFailure);
  note("generates", was.generates, is.generates);
  note("axes", axesOf(was, before), axesOf(is, after));
  note("needs", was.alternatives.map(needsOf), is.alternatives.map(needsOf));
  note("terms", was.terms?.text, is.terms?.text);
  noteNamed("input", inputsOf(was), inputsOf(is));
  noteNamed("output", outputsOf(was), outputsOf(is));
  note("code", was.files?.code ?? [], is.files?.code ?? []);
  note("doneWhen", was.files?.rule ?? "history", is.files?.rule ?? "history");
  note("cacheEnv", was.files?.cacheEnv ?? [], is.files?.cacheEnv ?? []);
  const texts = textsOf(is);
  for (const { name } of params)
    if (texts.some((text) => namesParameter(text, name))) changes.push({ what: "param", name });
  return changes;
}

/** What stands under names. */
type Named = ReadonlyMap<string, unknown>;

/** Inputs, those that other tasks make and those that none makes. */
function inputsOf({ alternatives, files }: Template): Named {
  const handed = alternatives
    .flat()
    .flatMap(({ parent, inputs = [] }) =>
      inputs.map(({ name, output, isList }) => [name, [parent, output, isList]] as const),
    );
  const others = files?.inputs.map(({ name, path, isFolder }) => [name, [plainText(path), isFolder]] as const) ?? [];
  return new Map<string, unknown>([...handed, ...others]);
}

function outputsOf({ files }: Template): Named {
  return new Map(files?.outputs.map(({ name, path, isFolder }) => [name, [plainText(path), isFolder]]) ?? []);
}

function actionChanges(was: Action, is: Action): TemplateChange[] {
  if (was.kind === "none" || is.kind === "none") return was.kind === is.kind ? [] : [{ what: "external" }];
  if (was.kind !== is.kind) return [{ what: is.kind }];
  if (was.kind === "command" || is.kind === "command") return isSame(was, is) ? [] : [{ what: "command" }];
  return [
    ...(was.script === is.script ? [] : [{ what: "script" } as const]),
    ...(isSame(was.shell, is.shell) ? [] : [{ what: "shell" } as const]),
  ];
}

function axesOf({ axes, include, exclude }: Template, workflow: Workflow): unknown {
  return { names: axes.map((axis) => workflow.axes[axis]?.name), include, exclude };
}

function needsOf(edges: readonly Edge[]): unknown {
  return edges.map(({ parent, match, printed, values, when }) => ({ parent, match, printed, values, when }));
}

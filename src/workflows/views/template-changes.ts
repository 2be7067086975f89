import { namesParameter } from "../document/fingerprint.ts";
import type { Action, Edge, Template, Text, Workflow } from "../document/workflow.ts";

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
  | { readonly what: "axes" | "needs" | "terms" }
  /** A variable of its `env`, or a parameter that its texts name. */
  | { readonly what: "env" | "param"; readonly name: string };

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

type InWorkflow = readonly [template: Template, workflow: Workflow];

function templateChanges(
  [was, before]: InWorkflow,
  [is, after]: InWorkflow,
  params: DocumentChanges["params"],
): TemplateChange[] {
  const changes: TemplateChange[] = [...actionChanges(was.action, is.action)];
  const note = (what: Exclude<TemplateChange["what"], "env" | "param">, a: unknown, b: unknown): void => {
    if (!isSame(a, b)) changes.push({ what });
  };
  for (const name of new Set([...Object.keys(is.env), ...Object.keys(was.env)])) {
    if (!isSame(was.env[name], is.env[name])) changes.push({ what: "env", name });
  }
  note("workdir", was.workdir, is.workdir);
  note("secrets", was.secrets, is.secrets);
  note("if", was.condition, is.condition);
  note("when", was.when, is.when);
  note("allowFailure", was.allowFailure, is.allowFailure);
  note("generates", was.generates, is.generates);
  note("axes", axesOf(was, before), axesOf(is, after));
  note("needs", was.alternatives.map(needsOf), is.alternatives.map(needsOf));
  note("terms", was.terms?.text, is.terms?.text);
  const texts = textsOf(is);
  for (const { name } of params)
    if (texts.some((text) => namesParameter(text, name))) changes.push({ what: "param", name });
  return changes;
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

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** All that the shell or the program gets to see. */
function textsOf({ action, env, workdir }: Template): readonly string[] {
  const own = action.kind === "script" ? [action.script, ...(action.shell ?? [])] : wordsOf(action);
  return [...own, ...Object.values(env).map(plainText), ...(workdir === undefined ? [] : [plainText(workdir)])];
}

function wordsOf(action: Exclude<Action, { kind: "script" }>): readonly string[] {
  return action.kind === "none" ? [] : action.argv.map(plainText);
}

function plainText(text: Text): string {
  return text.map((part) => (typeof part === "string" ? part : `\${${part.axis}}`)).join("");
}

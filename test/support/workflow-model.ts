import type { AxisChoice, Edge, PrintedEdge, Template, Workflow } from "../../src/workflows/document/workflow.ts";
import { printName } from "../../src/workflows/graph/instance-name.ts";

/** Where an instance stands in the end; `isNew`: it has run, or follows what has. */
export interface ModelEnd {
  readonly state: "done" | "failed" | "killed" | "skipped" | "blocked";
  readonly isNew: boolean;
}

export interface ModelOptions {
  readonly workflow: Workflow;
  /** How an instance ends that runs. */
  readonly outcomeOf: (name: string) => "done" | "failed" | "killed";
  /** Values that a generator's instance prints, however it ends. */
  readonly valuesOf: (name: string) => readonly string[];
  /** Templates that a generator of tasks prints, and the edges to them; they are taken in when it has succeeded. */
  readonly printed?: ((generator: string) => readonly Template[]) | undefined;
  readonly edgesTo?: ((printed: Template) => readonly PrintedEdge[]) | undefined;
  readonly doneBefore: (name: string) => boolean;
  readonly wants: (template: Template) => boolean;
  readonly forces: (template: Template) => boolean;
}

interface ModelInstance {
  readonly name: string;
  readonly template: Template;
  readonly values: Readonly<Record<string, string>>;
}

/** What becomes of all instances of a workflow, by the plainest of means: looked at again and again until nothing changes. */
export function endsByModel(options: ModelOptions): Map<string, ModelEnd> {
  const { workflow } = options;
  const ends = new Map<string, ModelEnd>();
  const templates = [...workflow.templates];
  const late: PrintedEdge[] = [];
  const axes = workflow.axes.map((axis) => ({
    axis,
    values: axis.kind === "list" ? [...axis.values] : axis.kind === "range" ? range(axis) : [],
    ends: axis.kind === "generated" ? undefined : ([] as readonly ModelEnd[]),
  }));
  const instancesOf = (template: Template): ModelInstance[] => {
    const product = template.axes.reduce<Record<string, string>[]>(
      (all, number) =>
        all.flatMap((values) =>
          (axes[number]?.values ?? []).map((value) => ({ ...values, [axes[number]?.axis.name ?? ""]: value })),
        ),
      [{}],
    );
    const kept = product.filter(
      (values) =>
        !template.exclude.some((each) => Object.entries(each).every(([name, value]) => values[name] === value)),
    );
    return kept.map((values) => ({ name: printName(template.name, Object.entries(values)), template, values }));
  };
  /** How all have ended that the instance needs by way of an edge; undefined as long as that is not known. */
  const endsOf = (edge: Edge, child: ModelInstance): ModelEnd[] | undefined => {
    const parent = templates.find(({ name }) => name === edge.parent);
    if (parent === undefined || parent.axes.some((number) => axes[number]?.ends === undefined)) return undefined;
    const parents = instancesOf(parent).filter(({ values }) => isMatched(edge, values, child.values));
    const known = parents.map(({ name }) => ends.get(name));
    if (known.some((end) => end === undefined)) return undefined;
    const all = parents.flatMap(({ name }, i): ModelEnd[] => {
      const end = ends.get(name) ?? known[i];
      if (end === undefined) return [];
      return [end.state === "failed" && parent.allowFailure ? { ...end, state: "done" } : end];
    });
    const valuesOf = (name: string): string[] =>
      parent.axes.flatMap((number) => (axes[number]?.axis.name === name ? (axes[number]?.values ?? []) : []));
    const lacks = edge.match.filter(
      (match) =>
        !valuesOf(match.axis).some((value) =>
          isMatched({ ...edge, match: [match] }, { [match.axis]: value }, child.values),
        ),
    );
    for (const number of parent.axes) {
      const axis = axes[number];
      if (axis?.axis.kind !== "generated" || axis.ends === undefined) continue;
      const match = edge.match.find((each) => each.axis === axis.axis.name);
      const isSame = match !== undefined && match.from === 0 && match.to === 0 && child.template.axes.includes(number);
      // A join over the axis needs all of it; where a counterpart may be missing, that depends on it, too.
      const isWindow = edge.match.some(({ from, to }) => from !== to);
      if (match === undefined ? lacks.length === 0 : !isSame && (isWindow || lacks.length > 0)) all.push(...axis.ends);
    }
    const isBad = all.some(({ state }) => state !== "done");
    const wanted = edge.printed?.task;
    if (wanted !== undefined && !isBad && !templates.some(({ name }) => name === wanted))
      all.push({ state: "blocked", isNew: false });
    return all;
  };
  const decide = (instance: ModelInstance): ModelEnd | undefined => {
    const { template, name } = instance;
    if (template.when?.some((choices) => hasChosen(choices, instance.values)) === false) {
      return { state: "skipped", isNew: false };
    }
    const alternatives = template.alternatives.flatMap((own, number) => {
      const mine = late.filter(({ child, alternative }) => child === template.name && alternative === number);
      const edges = [...own, ...mine.map(({ edge }) => edge)];
      const ownEdges = edges.filter(({ when }) => hasChosen(when, instance.values));
      const hasChoice = template.alternatives.length > 1 && edges.some(({ isOnlyInput }) => isOnlyInput !== true);
      const isFor = ownEdges.some(({ isOnlyInput }) => !hasChoice || isOnlyInput !== true);
      return edges.length > 0 && !isFor ? [] : [ownEdges];
    });
    if (alternatives.length === 0) return { state: "blocked", isNew: true };
    const verdicts = alternatives.map((own) => {
      const each = own.map((edge) => endsOf(edge, instance));
      if (each.some((one) => one === undefined)) return undefined;
      const all = each.flatMap((one) => one ?? []);
      const isNew = all.some((one) => one.isNew);
      const isBad = all.some(({ state }) => state === "failed" || state === "killed" || state === "blocked");
      const isSkipped = all.some(({ state }) => state === "skipped");
      if (template.condition === "always") return { is: "met", isNew } as const;
      if (template.condition === "failure") return { is: isBad ? "met" : "skipped", isNew } as const;
      return { is: isBad ? "bad" : isSkipped ? "skipped" : "met", isNew } as const;
    });
    if (verdicts.some((verdict) => verdict === undefined)) return undefined;
    const met = verdicts.find((verdict) => verdict?.is === "met");
    if (met !== undefined) {
      if (!met.isNew && options.doneBefore(name) && !options.forces(template)) return { state: "done", isNew: false };
      return { state: options.outcomeOf(name), isNew: true };
    }
    if (verdicts.some((verdict) => verdict?.is === "bad")) return { state: "blocked", isNew: true };
    return { state: "skipped", isNew: verdicts.some((verdict) => verdict?.isNew === true) };
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const template of templates.filter((one) => options.wants(one))) {
      for (const instance of instancesOf(template)) {
        const end = ends.has(instance.name) ? undefined : decide(instance);
        if (end === undefined) continue;
        changed = true;
        ends.set(instance.name, end);
        // Before anything hears of its end.
        if (template.generates?.kind !== "tasks" || end.state !== "done") continue;
        for (const made of options.printed?.(template.name) ?? []) {
          templates.push(made);
          late.push(...(options.edgesTo?.(made) ?? []));
        }
      }
    }
    for (const each of axes) {
      const { axis } = each;
      const generator = workflow.templates.find(({ name }) => axis.kind === "generated" && name === axis.by);
      if (each.ends !== undefined || generator === undefined) continue;
      const own = generator.axes.map((number) => axes[number]);
      const all = instancesOf(generator);
      for (const { name } of all) {
        const end = ends.get(name);
        // What has not run has printed nothing; what stays done has printed it before.
        if (end?.state !== "done" && end?.state !== "failed" && end?.state !== "killed") continue;
        for (const value of options.valuesOf(name)) if (!each.values.includes(value)) each.values.push(value);
      }
      if (options.wants(generator) && all.some(({ name }) => !ends.has(name))) continue;
      if (own.some((one) => one?.ends === undefined)) continue;
      const known = all.flatMap(({ name }) => ends.get(name) ?? []);
      const allowed = known.map((end) =>
        end.state === "failed" && generator.allowFailure ? { ...end, state: "done" as const } : end,
      );
      each.ends = [...allowed, ...own.flatMap((one) => one?.ends ?? [])];
      changed = true;
    }
  }
  return ends;
}

/** Whether an instance has one of the values on each axis. */
function hasChosen(choices: readonly AxisChoice[] | undefined, own: Readonly<Record<string, string>>): boolean {
  return choices?.every(({ axis, values }) => values.includes(own[axis] ?? "")) ?? true;
}

function isMatched(
  { match, values }: Edge,
  parent: Readonly<Record<string, string>>,
  child: Readonly<Record<string, string>>,
): boolean {
  if (!hasChosen(values, parent)) return false;
  return match.every(({ axis, childAxis, from, to }) => {
    if (from === 0 && to === 0) return parent[axis] === child[childAxis];
    const distance = Number(parent[axis]) - Number(child[childAxis]);
    return distance >= from && distance <= to;
  });
}

function range({ from, to, step }: { readonly from: number; readonly to: number; readonly step: number }): string[] {
  const values: string[] = [];
  for (let value = from; value <= to; value += step) values.push(String(value));
  return values;
}

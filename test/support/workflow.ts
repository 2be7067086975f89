import type {
  Axis,
  AxisChoice,
  AxisMatch,
  AxisType,
  AxisValues,
  Combination,
  Edge,
  Template,
  Workflow,
} from "../../src/workflows/document/workflow.ts";

/** An axis, in short: a list of strings; or its values and its type. */
export type ShortAxis = readonly string[] | (AxisValues & { readonly type?: AxisType });

/** What a task needs: all of a task with the same values of common axes, or by other values. */
export type ShortNeed =
  | string
  | {
      readonly task: string;
      /** By axis of the parent: steps from the child's value to the first and last of the parent's. No other axes are matched. */
      readonly only?: Readonly<Record<string, readonly [from: number, to: number]>>;
      /** The same, with all other common axes as they are. */
      readonly shift?: Readonly<Record<string, readonly [from: number, to: number]>>;
      /** Axes of the child with another name than the parent's, by the parent's. */
      readonly rename?: Readonly<Record<string, string>>;
      /** Values of the parent's axes, which are not matched; and of the child's, without which it needs nothing. */
      readonly values?: Readonly<Record<string, readonly string[]>>;
      readonly when?: Readonly<Record<string, readonly string[]>>;
    };

/** A task, in short. */
export interface ShortTask extends Partial<Omit<Template, "axes" | "alternatives" | "name">> {
  readonly axes?: readonly string[];
  readonly needs?: readonly ShortNeed[];
  readonly any?: ReadonlyArray<readonly ShortNeed[]>;
  readonly include?: readonly Combination[];
  readonly exclude?: readonly Combination[];
}

/**
 * A workflow as the document would make it, for tests that need none. All of its tasks run `true`. Axes are known by name; `day@2` is
 * another one with the name `day`.
 */
export function workflow(
  tasks: Readonly<Record<string, ShortTask>>,
  axes: Readonly<Record<string, ShortAxis>> = {},
): Workflow {
  const keys = Object.keys(axes);
  const axesOf = (task: string): string[] => (tasks[task]?.axes ?? []).map(nameOf);
  return {
    name: "test",
    axes: Object.entries(axes).map(([key, axis]) => longAxis(nameOf(key), axis)),
    templates: Object.entries(tasks).map(([name, task], number) => {
      const { axes: named = [], needs = [], any, ...rest } = task;
      const edge = (need: ShortNeed): Edge => longEdge(need, axesOf(name), axesOf, number);
      return template(name, {
        place: { file: "test.yaml", line: number + 1, column: 1 },
        axes: named.map((key) => keys.indexOf(key)),
        alternatives: (any ?? [needs]).map((each) => each.map(edge)),
        ...rest,
      });
    }),
    params: {},
    given: {},
  };
}

function nameOf(key: string): string {
  return key.replace(/@.*$/, "");
}

function longAxis(name: string, axis: ShortAxis): Axis {
  const place = { file: "test.yaml", line: 1, column: 1 };
  if (!("kind" in axis)) return { name, type: "string", place, kind: "list", values: axis };
  return { type: axis.kind === "range" ? "int" : "string", ...axis, name, place };
}

function longEdge(
  need: ShortNeed,
  own: readonly string[],
  axesOf: (task: string) => readonly string[],
  number: number,
): Edge {
  const long = typeof need === "string" ? { task: need } : { ...need };
  const { task, only, shift = {}, rename = {}, values = {}, when = {} } = long;
  const matched =
    only === undefined ? axesOf(task).filter((axis) => own.includes(rename[axis] ?? axis)) : Object.keys(only);
  const match = matched
    .filter((axis) => !Object.hasOwn(values, axis))
    .map((axis): AxisMatch => {
      const [from, to] = only?.[axis] ?? shift[axis] ?? [0, 0];
      return { axis, childAxis: rename[axis] ?? axis, from, to };
    });
  return {
    parent: task,
    place: { file: "test.yaml", line: number + 1, column: 10 },
    match,
    ...(Object.keys(values).length === 0 ? {} : { values: choices(values) }),
    ...(Object.keys(when).length === 0 ? {} : { when: choices(when) }),
  };
}

/** Values of axes as edges and templates have them. */
export function choices(values: Readonly<Record<string, readonly string[]>>): readonly AxisChoice[] {
  return Object.entries(values).map(([axis, some]) => ({ axis, values: some }));
}

/** A task; what is not said is as in the shortest document. */
export function template(name: string, rest: Partial<Template> = {}): Template {
  return {
    name,
    place: { file: "w.yaml", line: 1, column: 1 },
    axes: [],
    include: [],
    exclude: [],
    action: { kind: "script", script: "true", shell: undefined },
    env: {},
    workdir: undefined,
    secrets: [],
    alternatives: [[]],
    condition: "success",
    allowFailure: false,
    generates: undefined,
    terms: undefined,
    fingerprint: name,
    ...rest,
  };
}

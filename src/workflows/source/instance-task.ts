import type { InstanceState } from "../../domain/instance-state.ts";
import { shellWords } from "../../domain/shell-words.ts";
import type { Task } from "../../domain/task.ts";
import { textWith } from "../document/placed-text.ts";
import type { Text } from "../document/workflow.ts";
import { worstState } from "./ends.ts";
import type { Needs } from "./needs.ts";
import type { GraphEdge } from "../graph/edge.ts";
import type { Graph } from "../graph/graph.ts";
import type { Instance } from "../graph/instance.ts";
import type { TaskFiles } from "./task-files.ts";

export interface InstanceTaskOptions {
  readonly graph: Graph;
  readonly needs: Needs;
  /** Values of all parameters, as tasks see them. */
  readonly params: Readonly<Record<string, string>>;
  /** Values by name. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly idOf: (template: number, index: number) => number;
  /** Without it tasks hear of no files. */
  readonly files?: TaskFiles | undefined;
}

/** What all instances of a template have in common. */
interface Mould {
  readonly env: Readonly<Record<string, string>>;
  /** Variables with the values of axes in them. */
  readonly own: readonly (readonly [name: string, text: Text])[];
  readonly secrets: Readonly<Record<string, string>>;
  /** What it needs, by the variable that says how that has ended. */
  readonly states: readonly (readonly [variable: string, edges: readonly GraphEdge[]])[];
  /** What it needs of what a task prints, by the variable that says that it was not printed. */
  readonly printed: readonly (readonly [variable: string, edge: GraphEdge])[];
  readonly isHeard: boolean | undefined;
  /** Somebody waits for its instances. */
  readonly isNeeded: boolean;
  /** They are made from files, or make some. */
  readonly hasFiles: boolean;
}

/** Makes tasks of instances. */
export class InstanceTasks {
  readonly #options: InstanceTaskOptions;
  /** By template. */
  readonly #moulds: (Mould | undefined)[] = [];

  constructor(options: InstanceTaskOptions) {
    this.#options = options;
  }

  /** What records know of the task of an instance. */
  rowOf({ template, index }: Instance): Task {
    const { graph, idOf } = this.#options;
    const { place, terms } = graph.template(template);
    const name = graph.nameOf(template, index);
    const id = idOf(template, index);
    return { kind: "task", id, line: place.line, repeatIndex: index, command: name, terms, name };
  }

  /** @param isUrgent nothing else keeps engines busy until others hear of its end. */
  taskOf({ template, index }: Instance, isUrgent: boolean): Task {
    const { graph, idOf } = this.#options;
    const { action, place, terms, workdir } = graph.template(template);
    const mould = (this.#moulds[template] ??= this.#mouldOf(template));
    const name = graph.nameOf(template, index);
    const values = graph.valuesOf(template, index);
    if (action.kind === "none")
      throw new Error(`${graph.nameOf(template, index)} is made by others, and cannot be run`);
    const words = action.kind === "command" ? action.argv.map((word) => textWith(word, values)) : undefined;
    return {
      kind: "task",
      id: idOf(template, index),
      line: place.line,
      repeatIndex: index,
      command: action.kind === "script" ? action.script : shellWords(words ?? []),
      terms,
      name,
      setting: {
        env: this.#envOf(mould, name, values, { template, index }),
        workdir: workdir === undefined ? undefined : textWith(workdir, values),
        argv: action.kind === "script" && action.shell !== undefined ? [...action.shell, action.script] : words,
        isAwaited: (mould.isNeeded && isUrgent) || undefined,
        isHeard: mould.isHeard,
        outputs: mould.hasFiles ? this.#options.files?.outputsOf(template, index) : undefined,
      },
    };
  }

  /** How all has ended that an instance needs, by the variable that says so; the last word on a variable counts. */
  statesOf({ template, index }: Instance): Iterable<readonly [variable: string, state: InstanceState]> {
    return this.#statesOf((this.#moulds[template] ??= this.#mouldOf(template)), index);
  }

  /** More may need instances of templates than before. */
  templatesCame(): void {
    this.#moulds.length = 0;
  }

  #envOf(
    mould: Mould,
    name: string,
    values: Readonly<Record<string, string>>,
    { template, index }: Instance,
  ): Readonly<Record<string, string>> {
    const { env, own, secrets, hasFiles } = mould;
    const all: Record<string, string> = { ...env, ...values };
    for (const [variable, text] of own) all[variable] = textWith(text, values);
    for (const [variable, state] of this.#statesOf(mould, index)) all[variable] = state;
    if (hasFiles) {
      for (const [variable, value] of this.#options.files?.variablesOf(template, index) ?? []) all[variable] = value;
    }
    Object.assign(all, secrets);
    all["DISBATCH_INSTANCE"] = name;
    return all;
  }

  *#statesOf({ states, printed }: Mould, index: number): Generator<readonly [string, InstanceState]> {
    const { needs } = this.#options;
    for (const [variable, edges] of states) {
      const those = edges.filter((edge) => edge.isFor(index));
      if (those.length === 0) continue;
      let ends = 0;
      for (const edge of those) ends |= needs.endsOf(edge, index);
      yield [variable, worstState(ends)];
    }
    for (const [variable, edge] of printed) {
      const missing = needs.missingOf(edge, index);
      if (missing !== 0) yield [variable, worstState(missing)];
    }
  }

  #mouldOf(template: number): Mould {
    const { graph, params, secrets } = this.#options;
    const { name: own, env, secrets: named, generates, files } = graph.template(template);
    // A document says the same of its tasks wherever it is used.
    const group = own.slice(0, own.lastIndexOf("/") + 1);
    const byVariable = new Map<string, GraphEdge[]>();
    const printed: (readonly [string, GraphEdge])[] = [];
    for (const edge of graph.edgesTo(template)) {
      const { parent, printed: need } = edge.definition;
      if (need?.task !== undefined) printed.push([stateVariable(need.task, group), edge]);
      const variable = stateVariable(parent, group);
      byVariable.set(variable, [...(byVariable.get(variable) ?? []), edge]);
    }
    const found = named.flatMap((name) => (secrets[name] === undefined ? [] : [[name, secrets[name]] as const]));
    return {
      env: params,
      own: Object.entries(env),
      secrets: Object.fromEntries(found),
      states: [...byVariable],
      printed,
      isHeard: generates === undefined ? undefined : true,
      isNeeded: generates !== undefined || graph.edgesFrom(template).length > 0,
      hasFiles:
        files !== undefined || graph.edgesTo(template).some(({ definition }) => definition.inputs !== undefined),
    };
  }
}

function stateVariable(task: string, group: string): string {
  const short = task.startsWith(group) ? task.slice(group.length) : task;
  return `STATE_${short.replaceAll(/[/-]/g, "_")}`;
}

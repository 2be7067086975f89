import type { Template } from "../document/workflow.ts";
import type { GraphEdge } from "../graph/edge.ts";
import type { Graph } from "../graph/graph.ts";
import type { Instance } from "../graph/instance.ts";
import { textOf } from "../source/text-of.ts";

/** Paths of the files that an instance reads and makes, as the document has them. */
export interface InstanceFiles {
  readonly code: readonly string[];
  /** By name, in the order in which the command gets them. */
  readonly inputs: readonly (readonly [name: string, paths: readonly string[]])[];
  /** By name. */
  readonly outputs: readonly (readonly [name: string, path: string])[];
}

/** An input that other tasks make. */
interface HandedOn {
  readonly name: string;
  readonly isList: boolean;
  readonly from: readonly { readonly edge: GraphEdge; readonly output: string }[];
}

/** Tells which files instances of a template read and make. */
export class TemplateFilePaths {
  readonly #graph: Graph;
  readonly #template: Template;
  readonly #isDone: (instance: Instance) => boolean;
  readonly #handedOn: readonly HandedOn[];

  /** @param isDone whether an instance has come to a good end: others hand on nothing. */
  constructor(graph: Graph, template: number, isDone: (instance: Instance) => boolean) {
    this.#graph = graph;
    this.#template = graph.template(template);
    this.#isDone = isDone;
    this.#handedOn = handedOnBy(graph.edgesTo(template));
  }

  /** Names of inputs that are lists. */
  get lists(): readonly string[] {
    return this.#handedOn.flatMap(({ name, isList }) => (isList ? [name] : []));
  }

  /** @param values of the axes of the instance of this index. */
  of(index: number, values: Readonly<Record<string, string>>): InstanceFiles {
    const { files } = this.#template;
    const own = (files?.inputs ?? []).map(({ name, path }) => [name, [textOf(path, values)]] as const);
    return {
      code: (files?.code ?? []).map((path) => textOf(path, values)),
      inputs: [...own, ...this.#handedOn.map((input) => [input.name, this.#pathsOf(input, index)] as const)],
      outputs: (files?.outputs ?? []).map(({ name, path }) => [name, textOf(path, values)] as const),
    };
  }

  #pathsOf({ from }: HandedOn, child: number): string[] {
    const graph = this.#graph;
    const paths: string[] = [];
    for (const { edge, output } of from) {
      const path = graph.template(edge.parent).files?.outputs.find(({ name }) => name === output)?.path;
      for (const index of edge.parentsOf(child)) {
        const parent: Instance = { template: edge.parent, index };
        if (path !== undefined && this.#isDone(parent)) paths.push(textOf(path, graph.valuesOf(edge.parent, index)));
      }
    }
    return paths;
  }
}

/** An edge with inputs is one in every alternative; those of the first one that has it are enough. */
function handedOnBy(edges: readonly GraphEdge[]): HandedOn[] {
  const found = new Map<
    string,
    { alternative: number; isList: boolean; from: { edge: GraphEdge; output: string }[] }
  >();
  for (const edge of edges) {
    for (const { name, output, isList } of edge.definition.inputs ?? []) {
      const input = found.get(name) ?? { alternative: edge.alternative, isList, from: [] };
      if (input.alternative === edge.alternative) input.from.push({ edge, output });
      found.set(name, input);
    }
  }
  return [...found].map(([name, { isList, from }]) => ({ name, isList, from }));
}

import { isAbsolutePath, plainPath } from "../document/path-of.ts";
import type { OutputFile, Template, Text } from "../document/workflow.ts";
import type { GraphEdge } from "../graph/edge.ts";
import type { Graph } from "../graph/graph.ts";
import { type TextMaker, textMaker } from "./text-maker.ts";

/** A file or folder that each instance of a template makes. */
export interface MadeOutput extends Omit<OutputFile, "path"> {
  readonly pathOf: TextMaker;
}

/** Something that instances of a template get by a variable `IN_x`. */
export type Input = {
  readonly name: string;
} & (
  | { readonly kind: "file"; readonly pathOf: TextMaker; readonly isFolder: boolean }
  /** What other instances make. `isList`: they may be several. */
  | { readonly kind: "made"; readonly from: readonly HandedOn[]; readonly isList: boolean }
);

/** An output of the parents of an edge. */
interface HandedOn {
  readonly edge: GraphEdge;
  readonly output: MadeOutput;
}

/** Paths of what instances make and are made from: as the document has them. */
export class MadeFiles {
  readonly #graph: Graph;
  /** By template. */
  readonly #outputs: (readonly MadeOutput[])[] = [];
  readonly #inputs: (readonly Input[])[] = [];
  readonly #code: (readonly TextMaker[])[] = [];

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  outputsOf(template: number): readonly MadeOutput[] {
    return (this.#outputs[template] ??= (this.#filesOf(template)?.outputs ?? []).map(({ name, path, isFolder }) => {
      return { name, isFolder, pathOf: pathMaker(this.#graph, template, path) };
    }));
  }

  /** In the order of the document: first those that no task makes. */
  inputsOf(template: number): readonly Input[] {
    return (this.#inputs[template] ??= this.#makeInputs(template));
  }

  codeOf(template: number): readonly TextMaker[] {
    return (this.#code[template] ??= (this.#filesOf(template)?.code ?? []).map((path) =>
      pathMaker(this.#graph, template, path),
    ));
  }

  /** Instances may be made from more than before. */
  templatesCame(): void {
    this.#inputs.length = 0;
  }

  #filesOf(template: number): Template["files"] {
    return this.#graph.template(template).files;
  }

  #makeInputs(template: number): readonly Input[] {
    const inputs = new Map<string, Input>();
    for (const { name, path, isFolder } of this.#filesOf(template)?.inputs ?? []) {
      inputs.set(name, { name, kind: "file", isFolder, pathOf: pathMaker(this.#graph, template, path) });
    }
    for (const edge of this.#graph.edgesTo(template)) {
      for (const { name, output: wanted, isList } of edge.definition.inputs ?? []) {
        const output = this.outputsOf(edge.parent).find((each) => each.name === wanted);
        if (output === undefined) continue;
        const known = inputs.get(name);
        if (known?.kind === "file") continue;
        // The same edges are in each alternative.
        const from = (known?.from ?? []).filter((each) => each.edge.alternative === edge.alternative);
        if (known !== undefined && from.length === 0) continue;
        inputs.set(name, { name, kind: "made", isList, from: [...from, { edge, output }] });
      }
    }
    return [...inputs.values()];
  }
}

/** Makes paths as the document means them: see `pathWith`. */
function pathMaker(graph: Graph, template: number, text: Text): TextMaker {
  const maker = textMaker(graph, template, text);
  const isAbsolute = isAbsolutePath(text);
  return (index) => plainPath(maker(index), isAbsolute);
}

import type { Instance } from "../graph/instance.ts";
import type { Input, MadeFiles } from "../source/made-files.ts";

/** Paths of the files that an instance reads and makes, as the document has them. */
export interface InstanceFiles {
  readonly code: readonly string[];
  /** By name, in the order in which the command gets them. */
  readonly inputs: readonly (readonly [name: string, paths: readonly string[]])[];
  /** By name. */
  readonly outputs: readonly (readonly [name: string, path: string])[];
}

/** @param hasMade whether a parent has come to a good end: others hand on nothing. */
export function filesOf(
  { template, index }: Instance,
  files: MadeFiles,
  hasMade: (parent: Instance) => boolean,
): InstanceFiles {
  return {
    code: files.codeOf(template).map((pathOf) => pathOf(index)),
    inputs: files.inputsOf(template).map((input) => [input.name, pathsOf(input, index, hasMade)] as const),
    outputs: files.outputsOf(template).map(({ name, pathOf }) => [name, pathOf(index)] as const),
  };
}

function pathsOf(input: Input, child: number, hasMade: (parent: Instance) => boolean): readonly string[] {
  if (input.kind === "file") return [input.pathOf(child)];
  const paths: string[] = [];
  for (const { edge, output } of input.from) {
    for (const index of edge.parentsOf(child)) {
      if (!hasMade({ template: edge.parent, index })) continue;
      paths.push(output.pathOf(index));
      if (!input.isList) return paths;
    }
  }
  return paths;
}

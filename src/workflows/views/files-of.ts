import type { Graph } from "../graph/graph.ts";
import type { Instance } from "../graph/instance.ts";
import { printName } from "../graph/instance-name.ts";
import { PathPattern } from "./path-pattern.ts";
import { pathWith } from "../document/path-of.ts";

/** The instances of a workflow, and what their files are called after. */
export type InstancesWithFiles = Pick<
  Graph,
  "templates" | "template" | "size" | "has" | "nameOf" | "valuesOf" | "known" | "edgesTo" | "edgesFrom"
>;

/** A file or folder that an instance makes or reads. */
export interface FileOf {
  readonly instance: Instance;
  /** Name of the output or the input; undefined for code. */
  readonly name: string | undefined;
  /** As the document has it. */
  readonly path: string;
}

/** Instances that are looked at one by one, where a path does not tell which one is meant. */
const MOST_LOOKED_AT = 1_000_000;

/** The output that is a file, or the folder that it is in; undefined where no task makes it. */
export function outputAt(instances: InstancesWithFiles, path: string): FileOf | undefined {
  for (let template = 0; template < instances.templates; template++) {
    for (const { name, path: text, isFolder } of instances.template(template).files?.outputs ?? []) {
      const pattern = new PathPattern(text, isFolder);
      if (pattern.match(path) === undefined) continue;
      for (const instance of instancesWith(instances, template, pattern, path)) {
        return { instance, name, path: pathWith(text, instances.valuesOf(template, instance.index)) };
      }
    }
  }
  return undefined;
}

/** Instances that read a file that no task makes, or a folder that it is in. */
export function* readersOf(instances: InstancesWithFiles, path: string): Generator<FileOf, void, void> {
  for (let template = 0; template < instances.templates; template++) {
    const { files } = instances.template(template);
    const read = [
      ...(files?.inputs ?? []).map(({ name, path: text, isFolder }) => ({ name, text, isFolder })),
      ...(files?.code ?? []).map((text) => ({ name: undefined, text, isFolder: true })),
    ];
    for (const { name, text, isFolder } of read) {
      const pattern = new PathPattern(text, isFolder);
      if (pattern.match(path) === undefined) continue;
      for (const instance of instancesWith(instances, template, pattern, path)) {
        yield { instance, name, path: pathWith(text, instances.valuesOf(template, instance.index)) };
      }
    }
  }
}

/** Instances of a template whose path it is. Where the path has all that makes the name of an instance, one look is enough. */
function* instancesWith(
  instances: InstancesWithFiles,
  template: number,
  pattern: PathPattern,
  path: string,
): Generator<Instance, void, void> {
  const isIts = (index: number): boolean => {
    const own = pathWith(pattern.text, instances.valuesOf(template, index));
    return path === own || path.startsWith(`${own}/`);
  };
  const name = printName(instances.template(template).name, Object.entries(pattern.match(path) ?? {}));
  const named = instances.known(name);
  if (named?.template === template && isIts(named.index)) {
    yield named;
    return;
  }
  const size = Math.min(instances.size(template), MOST_LOOKED_AT);
  for (let index = 0; index < size; index++) {
    if (instances.has(template, index) && isIts(index)) yield { template, index };
  }
}

/** Paths of files that the document speaks of, as many as are compared with one that it does not. */
export function* pathsOf(instances: InstancesWithFiles, most: number): Generator<string, void, void> {
  let count = 0;
  for (let template = 0; template < instances.templates; template++) {
    const { files } = instances.template(template);
    if (files === undefined) continue;
    const texts = [...files.outputs.map(({ path }) => path), ...files.inputs.map(({ path }) => path), ...files.code];
    for (let index = 0; index < instances.size(template); index++) {
      if (!instances.has(template, index)) continue;
      const values = instances.valuesOf(template, index);
      for (const text of texts) {
        if (count++ === most) return;
        yield pathWith(text, values);
      }
    }
  }
}

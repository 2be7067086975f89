import type { GraphEdge } from "../graph/edge.ts";
import type { Instance } from "../graph/instance.ts";
import { outputAt, type InstancesWithFiles, readersOf } from "./files-of.ts";
import type { EarlierWork } from "./instance-why.ts";
import { pathWith } from "../document/path-of.ts";

/** Where a file comes from, and what was made from it. */
export interface Lineage {
  /** As the document has it. For a file in a folder that a task makes, that folder. */
  readonly path: string;
  /** Undefined for a file that no task makes. */
  readonly madeBy?: Making | undefined;
  readonly readBy: Listed<Reading>;
}

/** An instance that makes a file, and what from. */
export interface Making {
  /** Name of the instance. */
  readonly instance: string;
  /** Name of the output. */
  readonly output: string;
  /** Others make it: there is no command. */
  readonly isExternal: boolean;
  /** The run that did it last; undefined where none has. */
  readonly work?: EarlierWork | undefined;
  /** What the file is by now. */
  readonly now?: FileNow | undefined;
  readonly from: Listed<Source>;
  /** It stands elsewhere in the tree with all that it is made from. */
  readonly isRepeated: boolean;
}

/**
 * What has become of a file since it was made.
 *
 * - `same`: it is what was made.
 * - `changed`: it has other contents.
 * - `later`: it has been written since; what was made is not known any more.
 * - `missing`: it is not there.
 */
export type FileNow = "same" | "changed" | "later" | "missing";

/** What records and files tell of instances. */
export interface LineageFacts {
  /** The run that did an instance last. @param instance its name. */
  workOf(instance: string): EarlierWork | undefined;
  /** What an output is by now. */
  nowOf(output: { readonly instance: string; readonly name: string; readonly path: string }): FileNow | undefined;
}

/** A file that something is made from. */
export interface Source {
  readonly kind: "input" | "code";
  /** Name of the input. */
  readonly name?: string | undefined;
  readonly path: string;
  /** Undefined for a file that no task makes. */
  readonly madeBy?: Making | undefined;
}

/** An instance that reads a file, and what is made from what it makes. */
export interface Reading {
  readonly instance: string;
  /** Name of the input; undefined where the file is its code. */
  readonly input?: string | undefined;
  /** The run that did it last; undefined where none has. */
  readonly work?: EarlierWork | undefined;
  /** Paths of what it makes. */
  readonly makes: readonly string[];
  readonly readBy: Listed<Reading>;
  readonly isRepeated: boolean;
}

/** The first of many. */
export interface Listed<T> {
  readonly list: readonly T[];
  /** Those that have no room in the list, or are too far away. */
  readonly more: number;
}

/** How much of a lineage is told. */
export interface LineageLimits {
  /** Steps in each direction. */
  readonly depth: number;
  /** What is listed at one place. */
  readonly most: number;
}

/** Instances that are told of in all: more are looked at by nobody. */
const MOST_TOLD = 1000;

/**
 * Tells where a file comes from, and what was made from it.
 *
 * @param path as the document has it, or of something in a folder that a task makes.
 * @returns undefined for a file that no task makes or reads.
 */
export function lineageOf(
  instances: InstancesWithFiles,
  path: string,
  limits: LineageLimits,
  facts: LineageFacts,
): Lineage | undefined {
  const made = outputAt(instances, path);
  const teller = new LineageTeller(instances, limits, facts);
  if (made !== undefined) {
    const { instance, name: output = "" } = made;
    return {
      path: made.path,
      madeBy: teller.making(instance, { name: output, path: made.path }, limits.depth),
      readBy: teller.readersOf(instance, output, limits.depth),
    };
  }
  const readers = [...readersOf(instances, path)];
  if (readers.length === 0) return undefined;
  const readBy = listed(readers, limits.most, ({ instance, name }) => teller.reading(instance, name, limits.depth));
  return { path, readBy };
}

interface NamedPath {
  readonly name: string;
  readonly path: string;
}

class LineageTeller {
  readonly #instances: InstancesWithFiles;
  readonly #limits: LineageLimits;
  readonly #facts: LineageFacts;
  /** Names of instances whose sources have been told, and of those whose readers have. */
  readonly #making = new Set<string>();
  readonly #reading = new Set<string>();

  constructor(instances: InstancesWithFiles, limits: LineageLimits, facts: LineageFacts) {
    this.#instances = instances;
    this.#limits = limits;
    this.#facts = facts;
  }

  making({ template, index }: Instance, { name, path }: NamedPath, depth: number): Making {
    const instance = this.#instances.nameOf(template, index);
    const isRepeated = this.#making.has(instance);
    this.#making.add(instance);
    const sources = isRepeated ? [] : this.#sourcesOf({ template, index });
    return {
      instance,
      output: name,
      isExternal: this.#instances.template(template).files?.isExternal ?? false,
      work: this.#facts.workOf(instance),
      now: this.#facts.nowOf({ instance, name, path }),
      isRepeated,
      from: this.#list(sources, depth, (source) => source(depth - 1)),
    };
  }

  reading({ template, index }: Instance, input: string | undefined, depth: number): Reading {
    const instance = this.#instances.nameOf(template, index);
    const { files } = this.#instances.template(template);
    const values = this.#instances.valuesOf(template, index);
    const isRepeated = this.#reading.has(instance);
    this.#reading.add(instance);
    return {
      instance,
      input,
      work: this.#facts.workOf(instance),
      makes: (files?.outputs ?? []).map(({ path }) => pathWith(path, values)),
      readBy: isRepeated ? NOTHING : this.readersOf({ template, index }, undefined, depth - 1),
      isRepeated,
    };
  }

  /** What reads an output of an instance, or any of its outputs. */
  readersOf({ template, index }: Instance, output: string | undefined, depth: number): Listed<Reading> {
    const found = new Map<string, { readonly instance: Instance; readonly input: string }>();
    for (const edge of this.#instances.edgesFrom(template)) {
      for (const { name, output: own } of edge.definition.inputs ?? []) {
        if (output !== undefined && own !== output) continue;
        for (const child of edge.childrenOf(index)) {
          const instance = { template: edge.child, index: child };
          found.set(`${edge.child} ${child}`, { instance, input: name });
        }
      }
    }
    return this.#list([...found.values()], depth, ({ instance, input }) => this.reading(instance, input, depth));
  }

  /** What an instance is made from; each is told when it is asked. */
  #sourcesOf({ template, index }: Instance): ((depth: number) => Source)[] {
    const { files } = this.#instances.template(template);
    const values = this.#instances.valuesOf(template, index);
    const own = (files?.inputs ?? []).map(({ name, path }) => (): Source => ({
      kind: "input",
      name,
      path: pathWith(path, values),
    }));
    const code = (files?.code ?? []).map((path) => (): Source => ({ kind: "code", path: pathWith(path, values) }));
    return [...this.#handedTo(this.#instances.edgesTo(template), index), ...own, ...code];
  }

  #handedTo(edges: readonly GraphEdge[], index: number): ((depth: number) => Source)[] {
    const found = new Map<string, (depth: number) => Source>();
    for (const edge of edges) {
      for (const { name, output } of edge.definition.inputs ?? []) {
        const file = this.#instances.template(edge.parent).files?.outputs.find((each) => each.name === output);
        if (file === undefined) continue;
        for (const parent of edge.parentsOf(index)) {
          const instance = { template: edge.parent, index: parent };
          const path = pathWith(file.path, this.#instances.valuesOf(edge.parent, parent));
          found.set(`${name} ${path}`, (depth) => ({
            kind: "input",
            name,
            path,
            madeBy: this.making(instance, { name: output, path }, depth),
          }));
        }
      }
    }
    return [...found.values()];
  }

  #list<T, U>(all: readonly T[], depth: number, tell: (each: T) => U): Listed<U> {
    const isFull = this.#making.size + this.#reading.size > MOST_TOLD;
    return depth <= 0 || isFull ? { list: [], more: all.length } : listed(all, this.#limits.most, tell);
  }
}

const NOTHING = { list: [], more: 0 };

function listed<T, U>(all: readonly T[], most: number, tell: (each: T) => U): Listed<U> {
  const list = all.slice(0, most).map(tell);
  return { list, more: all.length - list.length };
}

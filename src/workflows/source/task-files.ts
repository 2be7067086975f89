import type { TaskOutputs } from "../../domain/task-files.ts";
import type { Graph } from "../graph/graph.ts";
import type { InstanceTable } from "./instance-table.ts";
import type { Input, MadeFiles } from "./made-files.ts";
import { BLOCKED, FAILED, KILLED, SKIPPED, STATE_MASK } from "./state-codes.ts";

type MadeInput = Extract<Input, { kind: "made" }>;

/** Where files of a run's tasks are. */
export interface FilePlaces {
  /** Absolute path of the folder of the run's tasks. */
  readonly folder: string;
  /** Folder below which outputs are written at first: a path from that folder. */
  readonly stage: string;
  /**
   * Keeps a list of paths in a file.
   *
   * @param name of the file; one that is there already stays as it is.
   * @returns its absolute path.
   * @throws UserError when it cannot be written.
   */
  keepList(name: string, paths: Iterable<string>): string;
  /** No task needs any list any more. */
  dropLists(): void;
}

/** Tells instances where the files are that they are made from, and where they put what they make. */
export class TaskFiles {
  readonly #graph: Graph;
  readonly #table: InstanceTable;
  readonly #files: MadeFiles;
  readonly #places: FilePlaces;

  constructor(graph: Graph, table: InstanceTable, files: MadeFiles, places: FilePlaces) {
    this.#graph = graph;
    this.#table = table;
    this.#files = files;
    this.#places = places;
  }

  /** The variables `IN_x` of an instance, with absolute paths. */
  *variablesOf(template: number, index: number): Generator<readonly [name: string, value: string]> {
    for (const input of this.#files.inputsOf(template)) yield [`IN_${input.name}`, this.#valueOf(input, index)];
  }

  /** What an instance makes; undefined for nothing. */
  outputsOf(template: number, index: number): TaskOutputs | undefined {
    const outputs = this.#files.outputsOf(template);
    if (outputs.length === 0 || this.#graph.template(template).files?.isExternal === true) return undefined;
    return {
      stage: this.#places.stage,
      files: outputs.map(({ name, isFolder, pathOf }) => {
        return { name, path: pathOf(index), isFolder, isDigested: this.#isDigested(template, name) || undefined };
      }),
    };
  }

  #valueOf(input: Input, index: number): string {
    if (input.kind === "file") return this.#absolute(input.pathOf(index));
    if (!input.isList) {
      for (const path of this.pathsOf(input, index)) return this.#absolute(path);
      return "";
    }
    return this.#places.keepList(listName(input, index), this.#allOf(input, index));
  }

  *#allOf(input: MadeInput, index: number): Generator<string> {
    for (const path of this.pathsOf(input, index)) yield this.#absolute(path);
  }

  /** Paths of what an instance is made from, as the document has them. What has ended and is not done has made nothing. */
  *pathsOf({ from }: MadeInput, index: number): Generator<string> {
    for (const { edge, output } of from) {
      for (const parent of edge.parentsOf(index)) {
        const state = this.#table.get(edge.parent, parent) & STATE_MASK;
        if (state !== FAILED && state !== KILLED && state !== SKIPPED && state !== BLOCKED) yield output.pathOf(parent);
      }
    }
  }

  /** Whether the rule `cache` asks for the contents of an output: its own, or that of something made from it. */
  #isDigested(template: number, output: string): boolean {
    if (this.#graph.template(template).files?.rule === "cache") return true;
    return this.#graph.edgesFrom(template).some(({ child, definition }) => {
      const isHanded = definition.inputs?.some((input) => input.output === output) === true;
      return isHanded && this.#graph.template(child).files?.rule === "cache";
    });
  }

  #absolute(path: string): string {
    return path.startsWith("/") ? path : `${this.#places.folder}/${path}`;
  }
}

/** Name of the file with a list. Children of a group have one in common. */
function listName({ name, from }: MadeInput, index: number): string {
  const [first, ...others] = from;
  if (first === undefined || others.length > 0 || first.edge.kind !== "join") {
    return `${first?.edge.number ?? 0}-${name}-of-${index}`;
  }
  return `${first.edge.number}-${first.output.name}-${first.edge.groupOfChild(index)}`;
}

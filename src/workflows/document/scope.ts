import { posix } from "node:path";
import { UserError } from "../../domain/errors.ts";
import type { TaskTerms } from "../../domain/terms/task-terms.ts";
import type { Mistakes } from "./mistakes.ts";
import type { DocumentShape, TaskShape } from "./schema.ts";
import { readText } from "./text.ts";
import type { Path, PlaceOf, Tree } from "./tree.ts";
import type { Text } from "./workflow.ts";

/** Reads a file that a document names. @throws UserError when it cannot. */
type ReadFile = (path: string) => string;

/** What holds for all documents of a reading. */
export interface Surroundings {
  readonly mistakes: Mistakes;
  readonly read: ReadFile;
  /** Where things stand in the foreign document that a text was made of; undefined for a text that somebody has written. */
  readonly placesOf: (path: string) => PlaceOf | undefined;
  /** Whether somebody offers a resource of that name. */
  readonly isResource: (name: string) => boolean;
  /** Terms of the run, which count less than all others. */
  readonly terms: TaskTerms | undefined;
}

/** One document in its place: what it says, and the values of its parameters. */
export class Scope {
  readonly tree: Tree;
  readonly shape: DocumentShape;
  /** Its tasks, in order. */
  readonly tasks: readonly (readonly [name: string, task: TaskShape])[];
  /** Paths of what has mistakes already. */
  readonly damaged: ReadonlySet<string>;
  readonly around: Surroundings;
  /** What names of its tasks begin with: nothing, or `group/`. */
  readonly prefix: string;
  readonly params: ReadonlyMap<string, string>;
  /** Parameters without a good value: what comes of them is no mistake. */
  readonly unset: ReadonlySet<string>;

  constructor(
    place: {
      readonly tree: Tree;
      readonly shape: DocumentShape;
      readonly damaged: ReadonlySet<string>;
      readonly prefix: string;
    },
    params: ReadonlyMap<string, string>,
    unset: ReadonlySet<string>,
    around: Surroundings,
  ) {
    this.tree = place.tree;
    this.shape = place.shape;
    this.tasks = Object.entries(place.shape.tasks);
    this.damaged = place.damaged;
    this.prefix = place.prefix;
    this.params = params;
    this.unset = unset;
    this.around = around;
  }

  get mistakes(): Mistakes {
    return this.around.mistakes;
  }

  isDamaged(path: Path): boolean {
    return this.damaged.size > 0 && this.damaged.has(path.join("."));
  }

  /** Names of what was taken out of something, and out of what is in it. */
  damagedIn(path: Path): readonly string[] {
    if (this.damaged.size === 0) return [];
    const outer = `${path.join(".")}.`;
    return [...this.damaged].flatMap((one) => (one.startsWith(outer) ? one.slice(outer.length).split(".") : []));
  }

  /** Whether a task may have said that it generates an axis. */
  get lacksGenerators(): boolean {
    return [...this.damaged].some((path) => path.endsWith(".generates"));
  }

  /** Text in which parameters and these axes may have places. */
  placedText(source: string, axes: readonly string[], path: Path): Text {
    return readText(source, this.params, axes, (mistake) => this.mistakes.at(this.tree, path, mistake));
  }

  /** Text in which parameters alone may have places. */
  textOf(source: string, path: Path): string {
    return this.placedText(source, [], path)
      .filter((part) => typeof part === "string")
      .join("");
  }

  /** Path of a file that the document names, from its own folder. */
  pathOf(name: string): string {
    return posix.isAbsolute(name) ? posix.normalize(name) : posix.join(posix.dirname(this.tree.file), name);
  }

  /** A file that the document names. Undefined, with a mistake, when it cannot be read. */
  readFile(name: string, path: Path): string | undefined {
    try {
      return this.around.read(this.pathOf(name));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.mistakes.at(this.tree, path, { message: error.message });
      return undefined;
    }
  }
}

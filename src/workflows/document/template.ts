import { hasEscapedBytes } from "../../domain/bytes.ts";
import { isObject } from "./schema-words.ts";
import type { Place } from "../../domain/errors.ts";
import { quoteWord } from "../../domain/spelling/quote-word.ts";
import type { TaskTerms } from "../../domain/terms/task-terms.ts";
import type { AxisTable } from "./axis-table.ts";
import { readChoice } from "./choices.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { FilesReader } from "./files.ts";
import type { Generators } from "./generators.ts";
import { type Matrix, readMatrix } from "./matrix.ts";
import type { NamedAxes } from "./named-axes.ts";
import { mistakeInEnvironment, TASK as TASK_NAME } from "./names.ts";
import type { TaskShape } from "./schema.ts";
import type { Scope } from "./scope.ts";
import { readTermsOf } from "./task-terms.ts";
import type { Path } from "./tree.ts";
import type { Action, ChoiceWords, Edge, Template, Text } from "./workflow.ts";

/**
 * Bytes of the longest argument that Linux passes to a program, without the NUL byte behind it (MAX_ARG_STRLEN: 32 pages of 4096
 * bytes).
 */
const LONGEST_ARGUMENT = 32 * 4096 - 1;

/** A template whose edges are still to come. */
export type TemplateDraft = { -readonly [K in keyof Template]: Template[K] };

/** What is needed to make templates of a document's tasks. */
export interface TemplateSurroundings {
  readonly scope: Scope;
  readonly table: AxisTable;
  readonly named: NamedAxes;
  readonly generators: Generators;
  /** Templates with axes that could not be read. */
  readonly lacking: Set<Template>;
  /** Values of parameters that the texts of a task may depend on: those of documents around this one, too. */
  readonly params: ReadonlyMap<string, string>;
  /** Parameters of this document, where it was put into another one. */
  readonly ownEnv: Readonly<Record<string, Text>>;
}

const NONE: readonly never[] = [];
const NO_ACTION: Action = { kind: "none" };
const NO_ENV: Readonly<Record<string, Text>> = {};
const NO_EDGES: readonly (readonly Edge[])[] = [[]];

/** Makes templates of the tasks of one document. */
export class TemplateReader {
  readonly #around: TemplateSurroundings;
  readonly #scope: Scope;
  readonly #terms: TaskTerms | undefined;
  readonly #files: FilesReader;

  constructor(around: TemplateSurroundings) {
    this.#around = around;
    this.#scope = around.scope;
    this.#files = new FilesReader(around.scope);
    this.#terms = this.#readDefaults();
  }

  #readDefaults(): TaskTerms | undefined {
    const { around, shape } = this.#scope;
    this.#checkEnvironment(Object.keys(shape.env ?? {}), ["env"], []);
    this.#checkEnvironment(Object.keys(shape.defaults?.env ?? {}), ["defaults", "env"], []);
    this.#checkSecrets(shape.secrets ?? [], ["secrets"]);
    this.#checkSecrets(shape.defaults?.secrets ?? [], ["defaults", "secrets"]);
    const { defaults } = shape;
    return defaults === undefined ? around.terms : readTermsOf(defaults, ["defaults"], this.#scope, around.terms);
  }

  /** Everything that a task says but what it needs. */
  read(name: string, task: TaskShape, path: Path, place: Place): TemplateDraft {
    const { generators, lacking, named, params } = this.#around;
    const scope = this.#scope;
    this.#checkName(name, path);
    const matrix = readMatrix(task.matrix, [...path, "matrix"], scope, named, generators);
    const axisNames = matrix.names;
    const axes: readonly number[] = matrix.axes.size === 0 ? NONE : this.#positions(matrix);
    const isExternal = task.external ?? false;
    const workdir = isExternal ? undefined : this.#workdir(task, path, axisNames);
    const secrets = isExternal ? NONE : this.#secrets(task, path, axisNames);
    const env = isExternal ? NO_ENV : this.#env(task, path, axisNames);
    const files = this.#files.read({ task, path, axes: axisNames, secrets, env: Object.keys(env) });
    const template: TemplateDraft = {
      name: scope.prefix + name,
      place,
      axes,
      include: matrix.include,
      exclude: matrix.exclude,
      action: isExternal ? NO_ACTION : this.#action(task, path, axisNames),
      env,
      workdir,
      secrets,
      alternatives: NO_EDGES,
      condition: task.if ?? "success",
      allowFailure: task.allowFailure ?? false,
      generates: generatesOf(task),
      terms: isExternal ? undefined : readTermsOf(task, path, scope, this.#terms),
      files,
      get fingerprint() {
        return fingerprintOf(template, axisNames, params);
      },
    };
    if (task.when !== undefined) template.when = this.#when(task.when, [...path, "when"], matrix, template);
    if (matrix.isDamaged) lacking.add(template);
    if (template.generates?.kind === "axis" && axisNames.includes(template.generates.axis)) {
      this.#tell([...path, "generates"], `the task has the axis ${template.generates.axis}, whose values it makes`);
    }
    return template;
  }

  /** Which instances run. */
  #when(said: NonNullable<TaskShape["when"]>, path: Path, matrix: Matrix, { axes }: Template): Template["when"] {
    const all = axes.flatMap((position) => this.#around.table.axes[position] ?? []);
    const own = { all, lacksSome: matrix.isDamaged, hasIncluded: matrix.include.length > 0 };
    const several: readonly ChoiceWords[] = isList(said) ? said : [said];
    return several.map((one, i) => readChoice(one, isList(said) ? [...path, i] : path, own, "this task", this.#scope));
  }

  #positions({ axes }: Matrix): readonly number[] {
    const { scope, table } = this.#around;
    return [...axes].map(([name, { content, path }]) =>
      table.add(name, content, () => scope.tree.placeOf(path, "key")),
    );
  }

  #tell(path: Path, message: string, hint?: string, what: "key" | "value" = "value"): void {
    this.#scope.mistakes.at(this.#scope.tree, path, { message, hint }, what);
  }

  #checkName(name: string, path: Path): void {
    if (TASK_NAME.test(name)) return;
    this.#tell(
      path,
      `${quoteWord(name)} is no name of a task`,
      "letters, digits, _ and -, and no digit or - first",
      "key",
    );
  }

  #action(task: TaskShape, path: Path, axes: readonly string[]): Action {
    const { run, command, shell } = task;
    if (task.with !== undefined) this.#tell([...path, "with"], "belongs to use", undefined, "key");
    if (command !== undefined) {
      if (run !== undefined) this.#tell(path, "has both run and command", "leave one of them out", "key");
      if (shell !== undefined)
        this.#tell([...path, "shell"], "is for run: no shell interprets a command", undefined, "key");
      if (command[0] === "") this.#tell([...path, "command", 0], "names no program");
      const argv = command.map((word, i) => this.#text(String(word), [...path, "command", i], axes));
      return { kind: "command", argv };
    }
    if (run === undefined) {
      if (!this.#scope.isDamaged(path)) this.#tell(path, "does nothing", "write run, command or use", "key");
      return { kind: "script", script: "", shell: undefined };
    }
    this.#checkArgument(run, [...path, "run"]);
    if (run.trim() === "") this.#tell([...path, "run"], "is an empty script");
    const [words, where] =
      shell === undefined ? [this.#scope.shape.defaults?.shell, ["defaults", "shell"]] : [shell, [...path, "shell"]];
    return { kind: "script", script: run, shell: words === undefined ? undefined : this.#words(words, where) };
  }

  #words(said: string | readonly (string | number | boolean)[], path: Path): readonly string[] {
    const words = typeof said === "string" ? said.split(/\s+/).filter((word) => word !== "") : said.map(String);
    if (words.length === 0) this.#tell(path, "must have one word at least");
    return words;
  }

  #checkArgument(text: string, path: Path): void {
    if (text.includes("\0")) this.#tell(path, "has a NUL character");
    if (hasEscapedBytes(text)) this.#tell(path, "has half a character (a lone surrogate)");
    if (text.length * 3 <= LONGEST_ARGUMENT) return;
    const length = Buffer.byteLength(text);
    if (length <= LONGEST_ARGUMENT) return;
    this.#tell(
      path,
      `has ${length} bytes, and the system passes at most ${LONGEST_ARGUMENT}`,
      "put it into a file, and run that",
    );
  }

  #text(source: string, path: Path, axes: readonly string[]): Text {
    this.#checkArgument(source, path);
    return this.#scope.placedText(source, axes, path);
  }

  #env(task: TaskShape, path: Path, axes: readonly string[]): Readonly<Record<string, Text>> {
    const { env, defaults } = this.#scope.shape;
    const { ownEnv } = this.#around;
    if (env === undefined && defaults?.env === undefined && task.env === undefined) return ownEnv;
    const all: Record<string, Text> = { ...ownEnv };
    for (const [said, where] of [
      [env, ["env"]],
      [defaults?.env, ["defaults", "env"]],
      [task.env, [...path, "env"]],
    ] as const) {
      for (const [name, value] of Object.entries(said ?? {}))
        all[name] = this.#text(String(value), [...where, name], axes);
    }
    if (task.env !== undefined) this.#checkEnvironment(Object.keys(task.env), [...path, "env"], axes);
    return all;
  }

  #checkEnvironment(names: readonly string[], path: Path, axes: readonly string[]): void {
    for (const name of names) {
      const wrong = mistakeInEnvironment(name);
      const clash = this.#scope.params.has(name) ? "parameter" : axes.includes(name) ? "axis" : undefined;
      if (wrong !== undefined) this.#tell([...path, name], wrong.message, wrong.hint, "key");
      else if (clash !== undefined)
        this.#tell(
          [...path, name],
          `there is a ${clash} of this name`.replace("a axis", "an axis"),
          "choose another name",
          "key",
        );
    }
  }

  #workdir(task: TaskShape, path: Path, axes: readonly string[]): Text | undefined {
    const { workdir, defaults } = this.#scope.shape;
    if (task.workdir !== undefined) return this.#folder(task.workdir, [...path, "workdir"], axes);
    if (defaults?.workdir !== undefined) return this.#folder(defaults.workdir, ["defaults", "workdir"], axes);
    return workdir === undefined ? undefined : this.#folder(workdir, ["workdir"], axes);
  }

  #folder(said: string, path: Path, axes: readonly string[]): Text {
    if (said === "") this.#tell(path, "must be a folder");
    return this.#text(said, path, axes);
  }

  #secrets(task: TaskShape, path: Path, axes: readonly string[]): readonly string[] {
    const { secrets, defaults } = this.#scope.shape;
    if (secrets === undefined && defaults?.secrets === undefined && task.secrets === undefined) return NONE;
    for (const [i, name] of (task.secrets ?? []).entries()) {
      if (axes.includes(name)) this.#tell([...path, "secrets", i], `there is an axis of the name ${quoteWord(name)}`);
    }
    this.#checkSecrets(task.secrets ?? [], [...path, "secrets"]);
    return [...new Set([...(secrets ?? []), ...(defaults?.secrets ?? []), ...(task.secrets ?? [])])];
  }

  #checkSecrets(names: readonly string[], path: Path): void {
    for (const [i, name] of names.entries()) {
      const wrong = mistakeInEnvironment(name);
      if (wrong !== undefined) this.#tell([...path, i], wrong.message, wrong.hint);
      else if (this.#scope.params.has(name))
        this.#tell([...path, i], `there is a parameter of the name ${quoteWord(name)}`, "choose another name");
    }
  }
}

function isList<const T>(said: T): said is Extract<T, readonly unknown[]> {
  return Array.isArray(said);
}

function generatesOf({ generates }: TaskShape): Template["generates"] {
  if (generates === undefined) return undefined;
  if (generates === "tasks") return { kind: "tasks" };
  if (isObject(generates) && "tasks" in generates) {
    return { kind: "tasks", foreign: { format: generates.tasks, settings: generates.with ?? {} } };
  }
  return { kind: "axis", axis: typeof generates === "string" ? generates : generates.axis };
}

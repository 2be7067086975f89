import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { mistakeInEnvironment, VARIABLE } from "./names.ts";
import { readPath, type SaidPath } from "./path-text.ts";
import type { TaskShape } from "./schema.ts";
import { isObject } from "./schema-words.ts";
import type { Scope } from "./scope.ts";
import type { Path } from "./tree.ts";
import type { DoneRule, InputFile, OutputFile, TemplateFiles, Text } from "./workflow.ts";

/** The task whose files are read. */
interface FilesOf {
  readonly task: TaskShape;
  readonly path: Path;
  /** Names of its axes. */
  readonly axes: readonly string[];
  readonly secrets: readonly string[];
  /** Names of its variables. */
  readonly env: readonly string[];
}

/** Words that mean nothing for what others make. */
const NOT_EXTERNAL = new Set(["description", "external", "matrix", "when", "outputs"]);
const NONE: readonly never[] = [];

/** Reads what tasks of one document say of files. */
export class FilesReader {
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
    const { defaults } = scope.shape;
    this.#checkEnvironment(defaults?.cacheEnv ?? NONE, ["defaults", "cacheEnv"], NONE);
    if (defaults?.cache === true && defaults.doneWhen !== undefined)
      this.#tell(["defaults", "doneWhen"], "does not go with cache: true", ONE_RULE, "key");
  }

  /** Undefined for a task that says nothing of files. */
  read(of: FilesOf): TemplateFiles | undefined {
    const { task, path } = of;
    const isExternal = task.external ?? false;
    if (isExternal) this.#checkExternal(of);
    const rule = isExternal ? "outputs" : this.#rule(of);
    const says = task.outputs ?? task.inputs ?? task.code;
    const cacheEnv = rule === "cache" ? this.#cacheEnv(of) : NONE;
    if (rule !== "cache" && task.cacheEnv !== undefined && !isExternal)
      this.#tell([...path, "cacheEnv"], "decides nothing without cache: true", undefined, "key");
    if (says === undefined && rule === "history") return undefined;
    return {
      outputs: this.#outputs(of),
      inputs: this.#inputs(of),
      code: this.#code(of),
      ...{ rule, cacheEnv, isExternal },
    };
  }

  #checkExternal({ task, path }: FilesOf): void {
    for (const word of Object.keys(task)) {
      if (NOT_EXTERNAL.has(word)) continue;
      const hint = "others make its outputs, and disbatch only looks whether they are there";
      this.#tell([...path, word], "does not go with external: true", hint, "key");
    }
    const isDamaged = this.#scope.isDamaged([...path, "outputs"]);
    if (Object.keys(task.outputs ?? {}).length > 0 || isDamaged) return;
    const hint = 'write outputs: {NAME: "path"}';
    this.#tell([...path, "external"], "has no outputs that others make", hint, "key");
  }

  /** What `defaults` say counts for tasks that it can be said of: those that make files, and are no generators. */
  #rule({ task, path }: FilesOf): DoneRule {
    const { defaults } = this.#scope.shape;
    const hasOutputs = Object.keys(task.outputs ?? {}).length > 0;
    if (task.generates !== undefined) {
      for (const word of ["cache", "doneWhen"] as const) {
        if (task[word] === undefined || task[word] === false) continue;
        const hint = "what it prints is kept by the records of the runs";
        this.#tell([...path, word], "does not go with generates", hint, "key");
      }
      return "history";
    }
    if (task.cache === true && task.doneWhen !== undefined)
      this.#tell([...path, "doneWhen"], "does not go with cache: true", ONE_RULE, "key");
    if (task.doneWhen !== undefined && !hasOutputs && !this.#scope.isDamaged([...path, "outputs"]))
      this.#tell([...path, "doneWhen"], "there are no outputs", 'write outputs: {NAME: "path"}', "key");
    if (task.cache === true) return "cache";
    if (task.doneWhen !== undefined) return task.doneWhen;
    if (!hasOutputs) return "history";
    if (defaults?.cache === true && task.cache !== false) return "cache";
    return defaults?.doneWhen ?? "history";
  }

  #cacheEnv({ task, path, secrets }: FilesOf): readonly string[] {
    const usual = this.#scope.shape.defaults?.cacheEnv ?? NONE;
    const own = task.cacheEnv ?? NONE;
    this.#checkEnvironment(own, [...path, "cacheEnv"], secrets);
    if (own.length === 0) this.#refuseSecrets(usual, ["defaults", "cacheEnv"], secrets);
    return usual.length + own.length === 0 ? NONE : [...new Set([...usual, ...own])].toSorted();
  }

  #checkEnvironment(names: readonly string[], path: Path, secrets: readonly string[]): void {
    for (const [i, name] of names.entries()) {
      const wrong = mistakeInEnvironment(name);
      if (wrong !== undefined) this.#tell([...path, i], wrong.message, wrong.hint);
      else if (this.#scope.params.has(name))
        this.#tell([...path, i], `${quoteWord(name)} is a parameter`, "parameters that a task uses decide in any case");
    }
    this.#refuseSecrets(names, path, secrets);
  }

  #refuseSecrets(names: readonly string[], path: Path, secrets: readonly string[]): void {
    for (const [i, name] of names.entries()) {
      if (secrets.includes(name))
        this.#tell([...path, i], `${quoteWord(name)} is a secret`, "nothing of secrets stands in records");
    }
  }

  #outputs(of: FilesOf): readonly OutputFile[] {
    const { task, path } = of;
    const outputs: OutputFile[] = [];
    for (const [name, said] of Object.entries(task.outputs ?? {})) {
      const where = [...path, "outputs", name];
      this.#checkName(name, `OUT_${name}`, where, of);
      const read = this.#path(said, where, of);
      if (read !== undefined) outputs.push({ name, path: read.path, isFolder: read.isFolder });
    }
    return outputs.length === 0 ? NONE : outputs;
  }

  #inputs(of: FilesOf): readonly InputFile[] {
    const { task, path } = of;
    const inputs: InputFile[] = [];
    for (const [name, said] of Object.entries(task.inputs ?? {})) {
      this.#checkName(name, `IN_${name}`, [...path, "inputs", name], of);
      if (!isObject(said) || !("file" in said)) continue;
      const read = this.#path(said.file, [...path, "inputs", name, "file"], of);
      if (read !== undefined) inputs.push({ name, path: read.path, isFolder: read.isFolder });
    }
    return inputs.length === 0 ? NONE : inputs;
  }

  #code(of: FilesOf): readonly Text[] {
    const code: Text[] = [];
    for (const [i, said] of (of.task.code ?? NONE).entries()) {
      const read = this.#path(said, [...of.path, "code", i], of);
      if (read !== undefined) code.push(read.path);
    }
    return code.length === 0 ? NONE : code;
  }

  #checkName(name: string, variable: string, path: Path, { env, secrets }: FilesOf): void {
    if (!VARIABLE.test(name)) {
      const hint = "letters, digits and _, and no digit first";
      this.#tell(path, `${quoteWord(name)} is no name of a variable`, hint, "key");
    } else if (env.includes(variable) || secrets.includes(variable)) {
      this.#tell(path, `${variable} is a variable of env or secrets, too`, "choose another name", "key");
    }
  }

  #path(said: string, path: Path, { axes }: FilesOf): SaidPath | undefined {
    const { mistakes, params, unset } = this.#scope;
    const before = mistakes.count;
    const text: Text = this.#scope.placedText(said, axes, path);
    const [, first = ""] = /^\$\{([^}]*)\}/.exec(said) ?? [];
    if (mistakes.count > before || [...unset].some((name) => said.includes(`\${${name}}`))) return undefined;
    if (params.get(first) === "") {
      this.#tell(
        path,
        `${quoteWord(said)} begins with the parameter ${first}, which is empty`,
        "give it a folder, or .",
      );
      return undefined;
    }
    const read = readPath(text, said);
    if ("path" in read) return read;
    this.#tell(path, read.message, read.hint);
    return undefined;
  }

  #tell(path: Path, message: string, hint?: string, what: "key" | "value" = "value"): void {
    this.#scope.mistakes.at(this.#scope.tree, path, { message, hint }, what);
  }
}

const ONE_RULE = "one of them tells when it is done";

import * as v from "valibot";
import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { oneOfEachForm } from "./form.ts";
import { KnownNames } from "./names.ts";
import type { Mistake, Mistakes } from "./mistakes.ts";
import { isObject, UNKNOWN } from "./schema-words.ts";
import type { Path, Tree } from "./tree.ts";

/** Words that have another name elsewhere, and what they are here. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  ...{ parents: "needs", depends_on: "needs", dependsOn: "needs", deps: "needs", depends: "needs", after: "needs" },
  ...{ requires: "needs", dependencies: "needs", wait_for: "needs" },
  ...{ script: "run", cmd: "run", bash: "run", sh: "run", exec: "run", shell_command: "run" },
  ...{ argv: "command", args: "command", environment: "env", variables: "env", vars: "env" },
  ...{ cwd: "workdir", dir: "workdir", directory: "workdir", "working-directory": "workdir", workingDir: "workdir" },
  ...{ parameters: "params", inputs: "params", jobs: "tasks", steps: "tasks", stages: "tasks", rules: "tasks" },
  ...{ when: "if", condition: "if", foreach: "matrix", for_each: "matrix", strategy: "matrix", parallel: "matrix" },
  ...{ allow_failure: "allowFailure", "continue-on-error": "allowFailure", ignore_errors: "allowFailure" },
  ...{ include: "use", import: "use", uses: "use", workflow: "use", title: "description", desc: "description" },
  ...{ mem: "memory", ram: "memory", cpu: "cores", cpus: "cores", threads: "cores", ncpus: "cores", gpu: "gpus" },
  ...{
    walltime: "timeout",
    time: "timeout",
    retry: "retries",
    min_time: "minTime",
    prio: "priority",
    label: "context",
  },
};

const ANY_STANDS_ALONE =
  "any stands alone, and what is needed in any case is in each list: needs: {any: [[a, c], [b, c]]}";

/** A document whose words have the right kinds of values, as far as it was not damaged. */
export interface CheckedShape<Shape> {
  /** The value, without all that was wrong; undefined when nothing of it can be used. */
  readonly value: Shape | undefined;
  /** Paths, as text, of tasks and the like that something was taken from: what they lack is no other mistake. */
  readonly damaged: ReadonlySet<string>;
}

/** Holds a document against the schema, and tells everything in it that is not as it must be. What is wrong is taken out. */
export function checkShape<const Schema extends v.GenericSchema>(
  schema: Schema,
  tree: Tree,
  mistakes: Mistakes,
): CheckedShape<v.InferOutput<Schema>> {
  const damaged = new Set<string>();
  const { value } = tree;
  if (fits(schema, value)) return { value, damaged };
  const found = (v.safeParse(schema, value).issues ?? []).flatMap((issue) => mistakesOf(issue, value));
  for (const { path, mistake, what } of found) mistakes.at(tree, path, mistake, what);
  return { value: withoutMistakes(schema, value, found, damaged), damaged };
}

/** Whether nothing is wrong with a value. Of many tasks few are looked at: those of the same form are all good, or none is. */
function fits<const Schema extends v.GenericSchema>(schema: Schema, value: unknown): value is v.InferOutput<Schema> {
  if (!isObject(value) || !("tasks" in value) || !isObject(value.tasks)) return v.is(schema, value);
  return v.is(schema, { ...value, tasks: oneOfEachForm(value.tasks) });
}

/** Words that have to be there may go with what was wrong in them: then what they are in goes, too. */
function withoutMistakes<const Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  mistakes: readonly PlacedMistake[],
  damaged: Set<string>,
): v.InferOutput<Schema> | undefined {
  for (const { path } of mistakes) {
    const length = path.findLastIndex((step) => typeof step === "string") + 1;
    if (length === 0) return undefined;
    for (let part = 1; part <= length; part++) damaged.add(path.slice(0, part).join("."));
    takeOut(value, path.slice(0, length));
  }
  const rest = v.safeParse(schema, value);
  if (rest.success) return rest.output;
  return withoutMistakes(
    schema,
    value,
    rest.issues.flatMap((issue) => mistakesOf(issue, value)),
    damaged,
  );
}

interface PlacedMistake {
  readonly path: Path;
  readonly mistake: Mistake;
  readonly what: "key" | "value";
}

function mistakesOf(issue: v.BaseIssue<unknown>, root: unknown): readonly PlacedMistake[] {
  const steps = issue.path ?? [];
  const path = steps.map(({ key }) => (typeof key === "number" ? key : String(key)));
  const { message, expected } = issue;
  if (message.startsWith(UNKNOWN)) return unknownWords(path.slice(0, -1), valueAt(root, path.slice(0, -1)), message);
  if (message === "is missing") {
    const missing = expected?.slice(1, -1) ?? "";
    return [{ path: path.slice(0, -1), mistake: { message: `${quoteWord(missing)} is missing` }, what: "value" }];
  }
  const value = valueAt(root, path);
  if (path.length === 0 && value === null) return [{ path, mistake: EMPTY, what: "value" }];
  const hint = path.length === 0 ? "a document has the word tasks; a task file has another ending" : undefined;
  return [{ path, mistake: { message: `${message}, not ${shown(value)}`, hint }, what: "value" }];
}

/** What is said of a text in which nothing stands but comments, at the most. */
export const EMPTY: Mistake = { message: "an empty document", hint: "it needs tasks" };

function unknownWords(path: Path, object: unknown, message: string): readonly PlacedMistake[] {
  const known = message.slice(UNKNOWN.length).split(" ");
  const isKnown = new Set(known);
  const names = new KnownNames(() => known);
  return Object.keys(isObject(object) ? object : {}).flatMap((key) => {
    if (isKnown.has(key)) return [];
    const other = Object.hasOwn(OTHER_NAMES, key) ? OTHER_NAMES[key] : undefined;
    const program = foreignProgram(key, valueAt(object, [key]), isKnown);
    const hint =
      program === undefined ? undefined : `documents of ${program} are read with --format ${program.toLowerCase()}`;
    const mistake =
      hint !== undefined
        ? { message: `unknown word ${quoteWord(key)}`, hint }
        : other !== undefined && isKnown.has(other)
          ? { message: `unknown word ${quoteWord(key)}`, hint: `did you mean ${other}?` }
          : key === "any" && isKnown.has("match")
            ? { message: `unknown word ${quoteWord(key)}`, hint: ANY_STANDS_ALONE }
            : names.unknown("word", key, `the words are ${known.join(", ")}`);
    return [{ path: [...path, key], mistake, what: "key" as const }];
  });
}

/** Whose document has such a word there. */
function foreignProgram(key: string, value: unknown, known: ReadonlySet<string>): "Daggy" | "Stolos" | undefined {
  if (known.has("run") && (key === "job" || key === "details") && isObject(value)) return "Daggy";
  const isApp = isObject(value) && ["bash_cmd", "bash_opts", "depends_on"].some((word) => word in value);
  return known.has("tasks") && isApp ? "Stolos" : undefined;
}

/** A value in a few words. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  return typeof value === "object"
    ? "words with values"
    : typeof value === "string"
      ? quoteWord(value)
      : JSON.stringify(value);
}

function takeOut(root: unknown, path: Path): void {
  const container = valueAt(root, path.slice(0, -1));
  const last = path.at(-1);
  if (isObject(container) && last !== undefined) Reflect.deleteProperty(container, last);
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) value = typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined;
  return value;
}

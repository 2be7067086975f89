import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { type JsonParser, readJson } from "./json.ts";
import { Lines } from "./lines.ts";
import type { Mistakes } from "./mistakes.ts";
import { isObject } from "./schema-words.ts";
import { isUsableKey, type Tree } from "./tree.ts";

const ONE_A_LINE = 'print one task a line, such as {"name": "a", "run": "..."}';

/**
 * Tasks as a task prints them: an object of them, in JSON, by name or within `tasks`; or one on each line, with its `name`. The tree
 * has them within `tasks`. Undefined, with mistakes, for what is neither.
 */
export function readPrinted(file: string, text: string, parser: JsonParser, mistakes: Mistakes): Tree | undefined {
  return hasNameOnLine(text) ? readLines(file, text, parser, mistakes) : readObject(file, text, parser, mistakes);
}

/** Whether the first line is a whole object with a name. */
function hasNameOnLine(text: string): boolean {
  const [line = ""] = text.trimStart().split("\n", 1);
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) && "name" in value && typeof value.name === "string";
  } catch {
    return false;
  }
}

function readObject(file: string, text: string, parser: JsonParser, mistakes: Mistakes): Tree | undefined {
  const lines = new Lines(file, text);
  if (text.trim() === "") {
    mistakes.add(lines.placeAt(0), { message: "nothing was printed", hint: "print {} for no tasks" });
    return undefined;
  }
  const tree = readJson(lines, text, parser, mistakes);
  if (tree === undefined) return undefined;
  const { value } = tree;
  if (!isObject(value) || isTask(value)) {
    const message = isObject(value) ? "a task without a name" : "no object of tasks by name";
    mistakes.at(tree, [], { message, hint: ONE_A_LINE });
    return undefined;
  }
  const isWrapped = Object.keys(value).length === 1 && "tasks" in value && !isTask(value.tasks);
  return isWrapped ? tree : withinTasks(tree);
}

/** Whether an object says what is to be done, as a task does. */
function isTask(value: unknown): boolean {
  return (
    isObject(value) && (typeof Reflect.get(value, "run") === "string" || Array.isArray(Reflect.get(value, "command")))
  );
}

/** A tree whose outermost names are tasks, as a document has them. */
function withinTasks(tree: Tree): Tree {
  return {
    file: tree.file,
    value: { tasks: tree.value },
    placeOf: ([, ...path], what) => tree.placeOf(path, what),
    placeOfName: ([, name]) => tree.placeOf([name], "key"),
  };
}

function readLines(file: string, text: string, parser: JsonParser, mistakes: Mistakes): Tree | undefined {
  const tasks: Record<string, unknown> = {};
  const lineOf = new Map<string, Tree>();
  const before = mistakes.count;
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const tree = readJson(new Lines(file, line, index + 1), line, parser, mistakes);
    if (tree === undefined) continue;
    const { value } = tree;
    if (!isObject(value) || !("name" in value) || typeof value.name !== "string") {
      mistakes.at(tree, [], { message: "no object with a name", hint: ONE_A_LINE });
      continue;
    }
    const { name, ...task } = value;
    if (lineOf.has(name)) mistakes.at(tree, ["name"], { message: `the task ${quoteWord(name)} stands twice` });
    if (!isUsableKey(name)) mistakes.at(tree, ["name"], { message: `${quoteWord(name)} cannot be used as a name` });
    tasks[name] = task;
    lineOf.set(name, tree);
  }
  const whole = new Lines(file, text);
  const placeOf: Tree["placeOf"] = ([, name = "", ...path], what) => {
    const tree = lineOf.get(String(name));
    if (tree === undefined) return whole.placeAt(0);
    return path.length === 0 && what === "key" ? tree.placeOf(["name"]) : tree.placeOf(path, what);
  };
  if (mistakes.count > before) return undefined;
  return { file, value: { tasks }, placeOf, placeOfName: (path) => placeOf(path, "key") };
}

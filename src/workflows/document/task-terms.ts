import { termsOfFields } from "../../domain/terms/fields.ts";
import { mergeTerms, type TaskTerms } from "../../domain/terms/task-terms.ts";
import type { Scope } from "./scope.ts";
import { TERMS } from "./term-schema.ts";
import type { Path } from "./tree.ts";

const NAMES = new Set(Object.keys(TERMS));

/** Terms among the words of a task or of `defaults`, with `farther` merged in; mistakes are told. */
export function readTermsOf(
  said: object,
  path: Path,
  scope: Scope,
  farther: TaskTerms | undefined,
): TaskTerms | undefined {
  let fields: Record<string, unknown> | undefined;
  for (const name in said) {
    if (!NAMES.has(name)) continue;
    fields ??= {};
    fields[name] = Reflect.get(said, name);
  }
  // What is wrong is taken out, so that all of it is told.
  while (fields !== undefined) {
    const read = termsOfFields(fields, scope.around.isResource, farther);
    if (read.kind === "terms") return mergeTerms(farther, read.terms);
    const [name = ""] = read.path;
    const { message, hint } = read;
    scope.mistakes.at(scope.tree, [...path, ...read.path], { message, hint });
    if (!Object.hasOwn(fields, name)) break;
    const { [name]: _, ...rest }: Record<string, unknown> = fields;
    fields = rest;
  }
  return farther;
}

import { UserError } from "../../domain/errors.ts";
import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { similarWord } from "../../domain/spelling/similar-word.ts";
import type { Instance } from "./instance.ts";
import { type InstanceName, parseName } from "./instance-name.ts";
import type { TemplateAxis } from "./template-axis.ts";
import type { TemplateInstances } from "./template-instances.ts";

/** What a name stands for: a template, and values of some of its axes. */
export interface NamedInstances {
  readonly template: number;
  /** By dimension of the template: the value that it names, or undefined for all. */
  readonly values: ReadonlyArray<string | undefined>;
}

/** Values of an axis among which the nearest one is looked for. */
const MOST_COMPARED = 10_000;

/**
 * The template and values that a name means; or what is wrong with it. Values of axes that grow need not be there yet, all others
 * have to be.
 */
function readName(
  text: string,
  templates: readonly TemplateInstances[],
  numbers: ReadonlyMap<string, number>,
): NamedInstances | UserError {
  const name = parseName(text);
  if (name === undefined) {
    const hint = /\[.+\]$/s.test(text) ? "values with blanks, commas or brackets stand in double quotes" : undefined;
    return mistake(text, "is no name of a task or instance, such as clean or 'clean[day=2031-01-03]'", hint);
  }
  const template = numbers.get(name.task);
  const instances = template === undefined ? undefined : templates[template];
  if (template === undefined || instances === undefined) {
    return mistake(name.task, "is no task of the document", nearest(name.task, [...numbers.keys()]));
  }
  const values = instances.axes.map((axis) => name.values.get(axis.name));
  const wrong =
    unknownAxis(name, instances) ??
    unknownValue(values, instances, ({ isGrowing }) => !isGrowing) ??
    hole(text, values, instances);
  return wrong ?? { template, values };
}

/**
 * All that a name means: the name of a group means each of its tasks.
 *
 * @throws UserError `unknown-goal`.
 */
export function readNames(
  text: string,
  templates: readonly TemplateInstances[],
  numbers: ReadonlyMap<string, number>,
): readonly NamedInstances[] {
  const named = readName(text, templates, numbers);
  if (!(named instanceof UserError)) return [named];
  const group = templates.flatMap(({ template: { name }, axes }, template) =>
    name.startsWith(`${text}/`) ? [{ template, values: axes.map(() => undefined) }] : [],
  );
  if (group.length === 0) throw named;
  return group;
}

/** The instance of a name that names all axes; or what is wrong with it. */
export function findInstance(
  text: string,
  templates: readonly TemplateInstances[],
  numbers: ReadonlyMap<string, number>,
): Instance | UserError {
  return knownInstance(text, templates, numbers) ?? findWithCare(text, templates, numbers);
}

/** The instance of a name with nothing wrong in it; undefined for any other text. */
export function knownInstance(
  text: string,
  templates: readonly TemplateInstances[],
  numbers: ReadonlyMap<string, number>,
): Instance | undefined {
  const name = parseName(text);
  const template = numbers.get(name?.task ?? "");
  const instances = template === undefined ? undefined : templates[template];
  if (name === undefined || template === undefined || name.values.size !== instances?.axes.length) return undefined;
  const positions: number[] = [];
  for (const axis of instances.axes) {
    const value = name.values.get(axis.name);
    const position = value === undefined ? -1 : axis.values.find(value);
    if (position === -1) return undefined;
    positions.push(position);
  }
  const index = instances.space.indexOf(positions);
  return instances.has(index) ? { template, index } : undefined;
}

function findWithCare(
  text: string,
  templates: readonly TemplateInstances[],
  numbers: ReadonlyMap<string, number>,
): Instance | UserError {
  const named = readName(text, templates, numbers);
  if (named instanceof UserError) return named;
  const { template, values } = named;
  const instances = templates[template];
  if (instances === undefined) throw new Error(`no template has the number ${template}`);
  const missing = instances.axes.find((_, dimension) => values[dimension] === undefined);
  if (missing !== undefined) return mistake(text, `names no value of the axis ${missing.name}`);
  const wrong = unknownValue(values, instances, () => true);
  return wrong ?? mistake(text, "is no instance of the document");
}

function indexOf(values: ReadonlyArray<string | undefined>, { axes, space }: TemplateInstances): number {
  return space.indexOf(axes.map((axis, dimension) => axis.values.find(values[dimension] ?? "")));
}

/** The mistake of an instance that is excluded, where all is known about it. */
function hole(
  text: string,
  values: ReadonlyArray<string | undefined>,
  instances: TemplateInstances,
): UserError | undefined {
  if (values.includes(undefined) || instances.axes.some(({ isGrowing }) => isGrowing)) return undefined;
  return instances.has(indexOf(values, instances)) ? undefined : mistake(text, "is no combination of the document");
}

/** The mistake of a value that an axis does not have. @param of which axes are looked at. */
function unknownValue(
  values: ReadonlyArray<string | undefined>,
  { axes, template }: TemplateInstances,
  of: (axis: TemplateAxis) => boolean,
): UserError | undefined {
  for (const [dimension, axis] of axes.entries()) {
    const value = values[dimension];
    if (value === undefined || !of(axis) || axis.values.find(value) !== -1) continue;
    const some = Array.from({ length: Math.min(axis.values.length, MOST_COMPARED) }, (_, at) => axis.values.at(at));
    return mistake(value, `is no value of the axis ${axis.name} of ${template.name}`, nearest(value, some));
  }
  return undefined;
}

function unknownAxis(name: InstanceName, { axes, template }: TemplateInstances): UserError | undefined {
  const names = axes.map((axis) => axis.name);
  for (const axis of name.values.keys()) {
    if (names.includes(axis)) continue;
    const has = names.length === 0 ? `${template.name} has no axes` : `${template.name} has ${names.join(", ")}`;
    return mistake(axis, `is no axis of ${template.name}`, nearest(axis, names) ?? has);
  }
  return undefined;
}

function mistake(what: string, why: string, hint?: string): UserError {
  return new UserError("unknown-goal", `${quoteWord(what)} ${why}${hint === undefined ? "" : `: ${hint}`}`);
}

function nearest(word: string, words: readonly string[]): string | undefined {
  const known = similarWord(
    word,
    words.map((each) => each.toUpperCase()),
  );
  if (known === undefined) return undefined;
  return `did you mean ${words.find((each) => each.toUpperCase() === known)}?`;
}

import { UserError } from "../../domain/errors.ts";
import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { similarWord } from "../../domain/spelling/similar-word.ts";
import type { Instance } from "./instance.ts";
import { type InstanceName, parseName } from "./instance-name.ts";
import type { TemplateInstances } from "./template-instances.ts";

/** A name that stands for a template, with positions for the axes that it names. */
export interface NamedInstances {
  readonly template: number;
  /** By dimension of the template: the value that it names, or undefined for all. */
  readonly values: readonly (string | undefined)[];
}

/** The template and values that a name means; or what is wrong with it. Values need not be there. */
export function readName(
  text: string,
  templates: readonly TemplateInstances[],
  numbers: ReadonlyMap<string, number>,
): NamedInstances | UserError {
  const name = parseName(text);
  if (name === undefined)
    return mistake(text, "is no name of a task or instance, such as clean or 'clean[day=2031-01-03]'");
  const template = numbers.get(name.task);
  const instances = template === undefined ? undefined : templates[template];
  if (template === undefined || instances === undefined) {
    return mistake(name.task, "is no task of the document", nearest(name.task, [...numbers.keys()]));
  }
  const unknown = unknownAxis(name, instances);
  if (unknown !== undefined) return unknown;
  return { template, values: instances.axes.map((axis) => name.values.get(axis.name)) };
}

/** The instance of a name that names all axes; or what is wrong with it. */
export function findInstance(
  text: string,
  templates: readonly TemplateInstances[],
  numbers: ReadonlyMap<string, number>,
): Instance | UserError {
  const named = readName(text, templates, numbers);
  if (named instanceof UserError) return named;
  const instances = templates[named.template];
  if (instances === undefined) return mistake(text, "is no task of the document");
  const positions: number[] = [];
  for (const [i, axis] of instances.axes.entries()) {
    const value = named.values[i];
    if (value === undefined) return mistake(text, `names no value of the axis ${axis.name}`);
    const position = axis.values.find(value);
    if (position === -1) {
      const values = Array.from({ length: Math.min(axis.values.length, MOST_COMPARED) }, (_, at) => axis.values.at(at));
      return mistake(
        value,
        `is no value of the axis ${axis.name} of ${instances.template.name}`,
        nearest(value, values),
      );
    }
    positions.push(position);
  }
  const index = instances.space.indexOf(positions);
  return instances.has(index) ? { template: named.template, index } : mistake(text, "is excluded in the document");
}

/** Values of an axis among which the nearest one is looked for. */
const MOST_COMPARED = 10_000;

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

import { UserError } from "../../domain/errors.ts";
import type { Template } from "../document/workflow.ts";
import { namedValue } from "./named-value.ts";
import type { GraphAxis } from "./graph-axis.ts";

/** Combinations of a template of which those that are excluded are looked for one by one, whatever the limit of instances: 8 MiB. */
const CHEAP = 2 ** 26;

/** How many instances a template has: bounds that are known before anything is made of them. */
interface Bounds {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** All combinations, with values that only included ones have. */
  readonly space: number;
  /** Combinations for a value of each axis that has none yet. */
  readonly each: number;
}

/**
 * Refuses templates with more instances than a run may have. Nothing is built: axes are multiplied.
 *
 * @param before instances that there are already.
 * @throws UserError `too-many-instances`, with the number.
 */
export function refuseTooMany(
  templates: readonly Template[],
  axes: readonly GraphAxis[],
  limit: { readonly maxInstances: number; readonly before: number },
): void {
  const bounds = templates.map((template) => boundsOf(template, axes));
  const least = bounds.reduce((sum, each) => sum + each.least, limit.before);
  const largest = bounds.reduce<Bounds | undefined>((a, b) => (a === undefined || b.most > a.most ? b : a), undefined);
  const steep = bounds.find(({ each }) => each > limit.maxInstances);
  if (steep !== undefined) throw tooMany(limit.before + steep.each, limit.maxInstances, { ...steep, most: steep.each });
  const isTooLarge = bounds.some(({ most, space }) => space !== most && space > Math.max(CHEAP, limit.maxInstances));
  if (largest === undefined || (least <= limit.maxInstances && !isTooLarge)) return;
  const most = bounds.reduce((sum, each) => sum + each.most, limit.before);
  throw tooMany(isTooLarge ? most : Math.min(most, least), limit.maxInstances, largest);
}

/** The refusal of so many instances. @param largest the template that has most of them. */
export function tooMany(
  total: number,
  maxInstances: number,
  largest: { readonly name: string; readonly most: number },
): UserError {
  const number = (n: number): string => n.toLocaleString("en-GB");
  const message = `the document has ${number(total)} instances: ${number(largest.most)} of ${largest.name} alone`;
  return new UserError(
    "too-many-instances",
    `${message}; a run may have ${number(maxInstances)} (--max-instances allows more)`,
  );
}

function boundsOf({ name, axes: numbers, include, exclude }: Template, axes: readonly GraphAxis[]): Bounds {
  if (numbers.length === 0) return { name, least: 1, most: 1, space: 1, each: 1 };
  const own = numbers.flatMap((number) => axes[number] ?? []);
  const isOpen = own.some(({ definition }) => definition.kind === "open");
  const product = isOpen ? 0 : sizeOf(own, {});
  const excluded = exclude.reduce((sum, combination) => sum + sizeOf(own, combination), 0);
  const extra = (axis: GraphAxis): number =>
    new Set(
      include
        .flatMap((combination) => namedValue(combination, axis.name) ?? [])
        .filter((value) => axis.values.find(value) === -1),
    ).size;
  const hasHoles = exclude.length > 0 || own.some((axis) => extra(axis) > 0);
  const space = hasHoles ? own.reduce((size, axis) => size * (axis.values.length + extra(axis)), 1) : product;
  const isSteep = own.some(({ isGrowing, values }) => isGrowing && values.length === 0);
  const each = isSteep ? own.reduce((size, { values }) => size * Math.max(1, values.length), 1) : 0;
  return { name, least: Math.max(0, product - excluded), most: product, space, each };
}

/** Combinations of the axes' values that agree with one of them. */
function sizeOf(axes: readonly GraphAxis[], combination: Readonly<Record<string, string>>): number {
  return axes.reduce((size, { name, values }) => {
    const value = namedValue(combination, name);
    if (value === undefined) return size * values.length;
    return values.find(value) === -1 ? 0 : size;
  }, 1);
}

import { plural } from "../../domain/plural.ts";
import { printable } from "../../domain/printable.ts";
import { wrap } from "../../domain/wrap.ts";
import {
  type Plan,
  PLAN_REASONS,
  type PlannedFate,
  type PlannedInstance,
  type TemplatePlan,
} from "../../workflows/views/plan.ts";
import { countLines } from "../terminal/count-lines.ts";
import { columnsOf, shorten } from "../terminal/text.ts";

/** How people read them. */
const FATE_WORDS: Readonly<Record<PlannedFate, string>> = {
  never: "never ran",
  failed: "failed before",
  changed: "changed",
  again: "a need runs again",
  forced: "forced",
  depends: "only on failure",
  stays: "stays done",
};
const FATES: readonly PlannedFate[] = [...PLAN_REASONS, "depends", "stays"];

/** What a run would do, in lines. @param width columns of the terminal; undefined when lines may be as long as they like. */
export function planLines(plan: Plan, width: number | undefined): readonly string[] {
  const { workflow, run, templates } = plan;
  const [runs, stays, depends] = [runCount(templates), countOf(templates, "stays"), countOf(templates, "depends")];
  const more = templates.some(({ awaits }) => awaits.length > 0) ? " so far" : "";
  const words = [
    `${plural(runs, "instance")} to run${more}`,
    `${stays} already done`,
    ...(depends > 0 ? [`${depends} only if something fails`] : []),
  ].join(", ");
  const broken = (text: string): string[] =>
    width === undefined ? [printable(text)] : wrap(printable(text), width, "", "  ", columnsOf);
  const rows = templates.map((template) => ({
    name: template.name,
    all: allOf(template),
    counts: Object.fromEntries(FATES.map((fate) => [FATE_WORDS[fate], template.counts[fate]])),
  }));
  const kinds = FATES.map((fate) => FATE_WORDS[fate]);
  return [
    ...broken(`${workflow}, run ${run}: ${words}`),
    ...(templates.length === 0 ? [] : ["", ...countLines(rows, kinds, 0, width)]),
    ...unknownParts(templates).flatMap((text, at) => [...(at === 0 ? [""] : []), ...broken(text)]),
  ];
}

/** How many instances are known of a task, and whether there will be more. */
function allOf({ counts, awaits }: TemplatePlan): string {
  const known = FATES.reduce((sum, fate) => sum + (counts[fate] ?? 0), 0);
  if (awaits.length === 0) return String(known);
  return known === 0 ? "?" : `${known}+`;
}

/** Instances that the run would start, as far as is known. */
function runCount(templates: readonly TemplatePlan[]): number {
  return PLAN_REASONS.reduce((sum, reason) => sum + countOf(templates, reason), 0);
}

function countOf(templates: readonly TemplatePlan[], fate: PlannedFate): number {
  return templates.reduce((sum, { counts }) => sum + (counts[fate] ?? 0), 0);
}

/** What only generators will tell, a sentence for each. */
function unknownParts(templates: readonly TemplatePlan[]): string[] {
  const axes = byGenerator(templates, ({ awaits }) => awaits).map(
    ([generator, names]) => `${generator} will tell how many instances there are of ${names.join(", ")}`,
  );
  const tasks = templates.filter(({ generates, counts }) => generates === "tasks" && wouldRun(counts));
  const needs = byGenerator(templates, ({ needsTasksOf = [] }) => needsTasksOf).map(
    ([generator, names]) => `${generator} will tell which of its tasks come before ${names.join(", ")}`,
  );
  const made = tasks.map(({ name }) => `${name} makes tasks: which ones is known when it has run`);
  return [...axes, ...made, ...needs];
}

/** Generators, each with the names of the tasks that wait for what it tells. */
function byGenerator(
  templates: readonly TemplatePlan[],
  of: (template: TemplatePlan) => readonly string[],
): (readonly [generator: string, names: readonly string[]])[] {
  const waiting = new Map<string, string[]>();
  for (const template of templates) {
    for (const generator of of(template)) waiting.set(generator, [...(waiting.get(generator) ?? []), template.name]);
  }
  return [...waiting];
}

function wouldRun(counts: TemplatePlan["counts"]): boolean {
  return PLAN_REASONS.some((reason) => (counts[reason] ?? 0) > 0);
}

/** Instances, a line each. */
export function plannedLines(
  instances: readonly PlannedInstance[],
  more: number,
  width: number | undefined,
): readonly string[] {
  const lines = instances.map(({ name, fate }) => `${FATE_WORDS[fate]}: ${name}`);
  const shown = lines.map((line) => (width === undefined ? printable(line) : shorten(line, width)));
  return [...shown, ...(more === 0 ? [] : [`and ${more} more`])];
}

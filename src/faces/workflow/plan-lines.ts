import { plural } from "../../domain/plural.ts";
import { printable } from "../../domain/printable.ts";
import { wrap } from "../../domain/wrap.ts";
import {
  type Plan,
  PLANNED_FATES,
  type PlannedFate,
  type PlannedGroup,
  type PlannedInstance,
  type TemplatePlan,
  wouldRun,
} from "../../workflows/views/plan.ts";
import { countLines } from "../terminal/count-lines.ts";
import { columnsOf, shorten } from "../terminal/text.ts";
import { groupWords, plannedWords } from "./planned-words.ts";

/** How people read them. */
const FATE_WORDS: Readonly<Record<PlannedFate, string>> = {
  never: "never ran",
  failed: "failed before",
  changed: "changed",
  again: "a need runs again",
  forced: "forced",
  perhaps: "may run",
  depends: "only on failure",
  missing: "missing",
  blocked: "blocked",
  reused: "reused",
  stays: "stays done",
};

/** Reasons that are told. */
const MOST_REASONS = 20;

/** What a run would do, in lines. @param width columns of the terminal; undefined when lines may be as long as they like. */
export function planLines(plan: Plan, width: number | undefined): readonly string[] {
  const { workflow, run, templates } = plan;
  const count = (fate: PlannedFate): number => countOf(templates, fate);
  const more = templates.some(({ awaits }) => awaits.length > 0) ? " so far" : "";
  const told = (fate: PlannedFate, what: string): string[] => (count(fate) > 0 ? [`${count(fate)} ${what}`] : []);
  const words = [
    `${plural(runCount(templates), "instance")} to run${more}`,
    ...told("perhaps", "may run"),
    ...told("reused", "reused"),
    `${count("stays")} already done`,
    ...told("depends", "only if something fails"),
    ...told("missing", "missing"),
    ...told("blocked", "blocked"),
  ].join(", ");
  const broken = (text: string): string[] =>
    width === undefined ? [printable(text)] : wrap(printable(text), width, "", "  ", columnsOf);
  const rows = templates.map((template) => ({
    name: template.name,
    all: allOf(template),
    counts: Object.fromEntries(PLANNED_FATES.map((fate) => [FATE_WORDS[fate], template.counts[fate]])),
  }));
  const kinds = PLANNED_FATES.map((fate) => FATE_WORDS[fate]);
  return [
    ...broken(`${workflow}, run ${run}: ${words}`),
    ...(templates.length === 0 ? [] : ["", ...countLines(rows, kinds, 0, width)]),
    ...reasonLines(templates).flatMap((text, at) => [...(at === 0 ? [""] : []), ...broken(text)]),
    ...unknownParts(templates).flatMap((text, at) => [...(at === 0 ? [""] : []), ...broken(text)]),
  ];
}

/** How many instances are known of a task, and whether there will be more. */
function allOf({ counts, awaits }: TemplatePlan): string {
  const known = PLANNED_FATES.reduce((sum, fate) => sum + (counts[fate] ?? 0), 0);
  if (awaits.length === 0) return String(known);
  return known === 0 ? "?" : `${known}+`;
}

/** Instances that the run would start, as far as is known. */
function runCount(templates: readonly TemplatePlan[]): number {
  return PLANNED_FATES.filter(wouldRun).reduce((sum, reason) => sum + countOf(templates, reason), 0);
}

function countOf(templates: readonly TemplatePlan[], fate: PlannedFate): number {
  return templates.reduce((sum, { counts }) => sum + (counts[fate] ?? 0), 0);
}

/** What only generators will tell, a sentence for each. */
function unknownParts(templates: readonly TemplatePlan[]): string[] {
  const axes = byGenerator(templates, ({ awaits }) => awaits).map(
    ([generator, names]) => `${generator} will tell how many instances there are of ${names.join(", ")}`,
  );
  const tasks = templates.filter(({ generates, counts }) => generates === "tasks" && someRun(counts));
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

function someRun(counts: TemplatePlan["counts"]): boolean {
  return PLANNED_FATES.some((fate) => (wouldRun(fate) || fate === "perhaps") && (counts[fate] ?? 0) > 0);
}

/** Why instances run, or do not, where that is more than the table says. */
function reasonLines(templates: readonly TemplatePlan[]): string[] {
  const groups = templates.flatMap(({ name, reasons }) => reasons.map((group) => ({ name, group })));
  const lines = groups.slice(0, MOST_REASONS).map(({ name, group }) => `${name}: ${countedWords(group)}`);
  const more = groups.length - lines.length;
  return more === 0 ? lines : [...lines, `and ${plural(more, "more reason")}`];
}

/** `3 run because clean runs again`. */
function countedWords(group: PlannedGroup): string {
  const { fate, count } = group;
  const what = wouldRun(fate) || fate === "perhaps" ? (count === 1 ? "runs " : "run ") : `${FATE_WORDS[fate]}: `;
  return `${count} ${what}${groupWords(group)}`;
}

/** Instances, a line each. */
export function plannedLines(
  instances: readonly PlannedInstance[],
  more: number,
  width: number | undefined,
): readonly string[] {
  const lines = instances.map(({ name, fate, reason }) => {
    const why = reason === undefined ? "" : `, ${plannedWords(reason)}`;
    return `${FATE_WORDS[fate]}: ${name}${why}`;
  });
  const shown = lines.map((line) => (width === undefined ? printable(line) : shorten(line, width)));
  return [...shown, ...(more === 0 ? [] : [`and ${more} more`])];
}

import { plural } from "../../domain/plural.ts";
import { printable } from "../../domain/printable.ts";
import type { InstanceChanges } from "../../workflows/views/instance-changes.ts";
import type { DocumentChanges, TemplateChange } from "../../workflows/views/template-changes.ts";
import type { ValueChanges } from "../../workflows/views/value-changes.ts";

/** How two runs of a workflow differ. */
export interface RunDifference {
  /** Their numbers. */
  readonly runs: readonly [before: number, after: number];
  readonly document: DocumentChanges;
  /** Changes of axes whose values a generator has printed. */
  readonly values: readonly ValueChanges[];
  readonly instances: InstanceChanges;
}

/** Values that are listed. */
const MOST_VALUES = 5;

/** How two runs differ, in lines. */
export function differenceLines({
  runs: [before, after],
  document,
  values,
  instances,
}: RunDifference): readonly string[] {
  const lines = [...documentLines(document), ...values.map(valueLine), ...instanceLines(instances)];
  const title = `run ${before} to run ${after}`;
  return lines.length === 0 ? [`${title}: no difference`] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

function documentLines({ added, removed, changed, params }: DocumentChanges): string[] {
  return [
    ...added.map((name) => `task ${printable(name)}: added`),
    ...removed.map((name) => `task ${printable(name)}: removed`),
    ...params.map(({ name, before, after }) => `parameter ${name}: ${valueWords(before)} to ${valueWords(after)}`),
    ...changed.map(({ name, changes }) => `task ${printable(name)}: ${changes.map(changeWords).join(", ")} changed`),
  ];
}

function valueWords(value: string | undefined): string {
  return value === undefined ? "none" : printable(value);
}

function changeWords(change: TemplateChange): string {
  return change.what === "env" || change.what === "param" ? `${change.what} ${printable(change.name)}` : change.what;
}

function valueLine({ axis, added, removed }: ValueChanges): string {
  const words = [
    ...(added.length === 0 ? [] : [`${plural(added.length, "value")} added (${someValues(added)})`]),
    ...(removed.length === 0 ? [] : [`${plural(removed.length, "value")} removed (${someValues(removed)})`]),
  ];
  return `axis ${printable(axis)}: ${words.join(", ")}`;
}

function someValues(values: readonly string[]): string {
  const more = values.length - MOST_VALUES;
  return `${values.slice(0, MOST_VALUES).map(printable).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function instanceLines({ moves, list, more }: InstanceChanges): string[] {
  const stateWords = (state: string | undefined): string => state ?? "none";
  return [
    ...moves.map(
      ({ template, count, before, after }) =>
        `${printable(template)}: ${plural(count, "instance")} ${stateWords(before)} to ${stateWords(after)}`,
    ),
    ...list.map(({ name, before, after }) => `  ${printable(name)}: ${stateWords(before)} to ${stateWords(after)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

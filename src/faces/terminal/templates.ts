import {
  INSTANCE_STATE_NAMES,
  instancesOf,
  type InstanceState,
  type TemplateTally,
} from "../../domain/instance-state.ts";
import { plural } from "../../domain/plural.ts";
import { printable } from "../../domain/printable.ts";
import { wrap } from "../../domain/wrap.ts";
import { table } from "./table.ts";
import { columnsOf, shorten } from "./text.ts";

/** Columns of a name that still tells templates apart. */
const LEAST_NAME = 12;

/**
 * How many instances of each template stand where: a table where it has room, else a line with the name and below it the counts
 * in words. A `+` behind a number says that more may come.
 *
 * @param more templates that are not among these.
 * @param width columns of the terminal; undefined when lines may be as long as they like.
 */
export function templateLines(
  tallies: readonly TemplateTally[],
  more: number,
  width: number | undefined,
): readonly string[] {
  if (tallies.length === 0) return ["no task yet"];
  const states = statesIn(tallies);
  const rest = more === 0 ? [] : [`and ${plural(more, "more task")}`];
  const rowOf = (name: string, tally: TemplateTally): string[] => [
    name,
    instancesWords(tally),
    ...states.map((state) => numberOrBlank(tally.counts[state])),
  ];
  const head = ["task", "all", ...states];
  const numbers = table(
    head,
    tallies.map((tally) => rowOf("", tally)),
    [0],
  );
  const room = width === undefined ? Number.POSITIVE_INFINITY : width - Math.max(...numbers.map(columnsOf));
  const longest = Math.max(...tallies.map(({ name }) => columnsOf(printable(name))));
  if (room < Math.min(longest, LEAST_NAME)) return [...tallies.flatMap((tally) => inWords(tally, width)), ...rest];
  const names = tallies.map(({ name }) => (longest <= room ? name : shorten(name, room)));
  return [
    ...table(
      head,
      tallies.map((tally, at) => rowOf(names[at] ?? "", tally)),
      [0],
    ),
    ...rest,
  ];
}

/** States in which instances are, in the order of a life. */
function statesIn(tallies: readonly TemplateTally[]): readonly InstanceState[] {
  return INSTANCE_STATE_NAMES.filter((state) => tallies.some(({ counts }) => (counts[state] ?? 0) > 0));
}

/** How many instances a template has: `7`, or `7+` while more may come. */
export function instancesWords(tally: TemplateTally): string {
  return `${instancesOf(tally)}${tally.isGrowing ? "+" : ""}`;
}

/** `3 done, 1 failed`. */
export function countWords({ counts }: Pick<TemplateTally, "counts">): string {
  const words = INSTANCE_STATE_NAMES.flatMap((state) => {
    const count = counts[state] ?? 0;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  return words.length === 0 ? "none yet" : words.join(", ");
}

function numberOrBlank(count: number | undefined): string {
  return count === undefined || count === 0 ? "" : String(count);
}

function inWords(tally: TemplateTally, width: number | undefined): string[] {
  const name = `${tally.name} (${instancesWords(tally)})`;
  const words = countWords(tally);
  if (width === undefined) return [printable(name), `  ${words}`];
  return [shorten(name, width), ...wrap(words, width, "  ", "  ", columnsOf)];
}

import { INSTANCE_STATE_NAMES, INSTANCE_STATES } from "../../domain/instance-state.ts";
import { plural } from "../../domain/plural.ts";
import { printable } from "../../domain/printable.ts";
import type { InstanceStory, Neighbours } from "../../workflows/views/instance-story.ts";
import type { PlacedInstance } from "../../workflows/views/standing.ts";

/** Said of an instance that its run has nothing to do with. */
const NOT_WANTED = "not wanted by this run";

/** What keeps an instance, what it needs and what needs it, in lines. */
export function storyLines({
  state,
  because,
  lacks,
  leftOutBy,
  missing,
  needs,
  neededBy,
}: InstanceStory): readonly string[] {
  return [
    ...(state === undefined ? [] : [`  ${state}: ${INSTANCE_STATES[state]}`]),
    ...because.map((step, at) => `  ${at === 0 ? "" : "which "}${linkWords(state, at)} ${placedWords(step)}`),
    ...(lacks === undefined ? [] : [`  ${because.length === 0 ? "" : "which is so "}because ${lacksWords(lacks)}`]),
    ...(leftOutBy === undefined
      ? []
      : [`  ${because.length === 0 ? "" : "which is so "}because ${leftOutWords(leftOutBy)}`]),
    ...(missing === undefined
      ? []
      : [`  ${because.length === 0 ? "" : "which is so "}because others have not made ${printable(missing)}`]),
    ...neighbourLines("needs", needs),
    ...neighbourLines("needed by", neededBy),
  ];
}

/** What joins a step of the chain to the one before it. */
function linkWords(state: InstanceStory["state"], at: number): string {
  if (state === "waiting") return "waits for";
  return at === 0 ? "because of" : "is so because of";
}

/** `plan printed no task x`. */
function lacksWords({ task, by }: NonNullable<InstanceStory["lacks"]>): string {
  return `${printable(by)} printed no task ${printable(task)}`;
}

/** Why the values of an instance keep it. */
function leftOutWords(by: NonNullable<InstanceStory["leftOutBy"]>): string {
  return by === "when" ? "the when of its task has other values" : "none of its needs is for its values (when)";
}

/** `clean[day=1]: failed`. */
function placedWords({ name, state }: PlacedInstance): string {
  return `${printable(name)}: ${state ?? NOT_WANTED}`;
}

function neighbourLines(title: string, { count, counts, list }: Neighbours): string[] {
  if (count === 0) return [`${title} nothing`];
  const words = INSTANCE_STATE_NAMES.flatMap((state) => {
    const number = counts[state] ?? 0;
    return number === 0 ? [] : [`${number} ${state}`];
  });
  const more = count - list.length;
  return [
    `${title} ${plural(count, "instance")}${words.length === 0 ? "" : `: ${words.join(", ")}`}`,
    ...list.map((each) => `  ${placedWords(each)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

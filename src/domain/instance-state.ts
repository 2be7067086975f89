/** Where an instance of a workflow's document stands in a run, and what that means. */
export const INSTANCE_STATES = {
  waiting: "something that it needs has not come to an end",
  ready: "it can start as soon as there is room",
  running: "an engine has it",
  retrying: "its last try has failed, and another one is due",
  done: "it has succeeded, in this run or in an earlier one of the same document",
  reused: "what an earlier run has made still holds, and was taken over",
  failed: "its last try has failed",
  killed: "somebody has stopped it",
  skipped: "its condition was not met, or that of something that it needs",
  blocked: "something that it needs has not succeeded",
} as const;

export type InstanceState = keyof typeof INSTANCE_STATES;

/** All states, in the order of a life. */
export const INSTANCE_STATE_NAMES: readonly InstanceState[] = Object.keys(INSTANCE_STATES).filter(isInstanceState);

function isInstanceState(name: string): name is InstanceState {
  return Object.hasOwn(INSTANCE_STATES, name);
}

/** States in which an instance stays until the run ends. */
export const FINAL_STATES: readonly InstanceState[] = ["done", "reused", "failed", "killed", "skipped", "blocked"];

/** Whether a state is one of these; none is not. */
export function isFinal(state: InstanceState | undefined): boolean {
  return state !== undefined && FINAL_STATES.includes(state);
}

/** The templates of a workflow, as those see them who watch its run. */
export interface TemplateTallies {
  readonly list: readonly TemplateTally[];
  /** Templates that have no room in the list. */
  readonly more: number;
}

/** Templates that are listed; documents may have thousands. */
const MOST_TEMPLATES = 256;

/** States that somebody wants to hear of first. */
const TELLING: readonly InstanceState[] = ["failed", "killed", "blocked", "running", "retrying", "ready"];

/** As many of them as have room: where some have none, those first in which something has failed or goes on. */
export function listedTallies(all: readonly TemplateTally[], most = MOST_TEMPLATES): TemplateTallies {
  if (all.length <= most) return { list: all, more: 0 };
  const isTelling = ({ counts }: TemplateTally): boolean => TELLING.some((state) => (counts[state] ?? 0) > 0);
  const chosen = new Set([...all.filter(isTelling), ...all.filter((each) => !isTelling(each))].slice(0, most));
  return { list: all.filter((each) => chosen.has(each)), more: all.length - most };
}

/** Instances of a template that the run wants, as far as they are known. */
export function instancesOf({ counts }: TemplateTally): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Instances of all templates that are in one of these states. */
export function countIn(tallies: readonly TemplateTally[], ...states: readonly InstanceState[]): number {
  return tallies.reduce((sum, { counts }) => states.reduce((all, state) => all + (counts[state] ?? 0), sum), 0);
}

/** How many instances of a template stand where. */
export interface TemplateTally {
  readonly name: string;
  /** Instances that the run wants, as far as they are known. States of which there is none are missing. */
  readonly counts: Readonly<Partial<Record<InstanceState, number>>>;
  /** More instances may come: a generator of one of its axes has not ended. */
  readonly isGrowing: boolean;
}

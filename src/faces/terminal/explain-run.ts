import { plural } from "../../domain/plural.ts";
import { printable } from "../../domain/printable.ts";
import type { FailureKind, RunView } from "../../domain/watch.ts";
import { endReason, endWords } from "./end-reason.ts";
import { type StallWords, stallWords } from "../../domain/stall-words.ts";
import { formatClock } from "../../domain/clock-text.ts";
import { formatEnding, shorten } from "./text.ts";

/** Kinds of failures that are shown. */
const MOST_KINDS = 10;
/** Engines that are held back, and shown. */
const MOST_HELD_BACK = 4;
/** Columns of a kind's text. */
const LONGEST = 100;

/** What the user may type about a run. */
export interface ExplainHints {
  /** The command that changes its engines. */
  readonly utility: string;
  /** The words that explain a task of it; its number follows. */
  readonly explain: string;
  /** A command line that goes on with it, and what that does. */
  readonly goOn?: { readonly what: string; readonly command: string } | undefined;
}

/** Where a run stands, why nothing moves, and what would go on, in lines. @param isDead its driver is gone. */
export function explainRun(view: RunView, isDead: boolean, hints: ExplainHints): string[] {
  const { kinds } = view;
  const [first] = kinds;
  const seeAlso = first === undefined ? [] : [`to see one of them: ${hints.explain} ${first.example}`];
  return [
    printable(headline(view, isDead)),
    numbers(view, isDead),
    ...(isDead || view.phase === "ended" ? [] : reasons(view, hints)),
    ...(kinds.length === 0 ? [] : ["", "failures:", ...kindLines(kinds), ...seeAlso]),
    ...(hints.goOn === undefined ? [] : ["", printable(`${hints.goOn.what}: ${hints.goOn.command}`)]),
  ];
}

function headline(
  { jobId, taskFile, host, pid, phase, reason, started, ended, now }: RunView,
  isDead: boolean,
): string {
  const run = taskFile === "" ? jobId : `${jobId} (tasks of ${taskFile})`;
  if (isDead) {
    const driver = host === "" ? "its driver" : `its driver, process ${pid} on ${host}`;
    return `${run} has lost ${driver}; its engines may still be there`;
  }
  if (phase === "ended") {
    return `${run} ${endWords(reason)}, after ${formatClock((ended ?? now) - started)}`;
  }
  const why = reason === undefined ? "" : ` (${endReason(reason)})`;
  return `${run} is ${phase}${why}, for ${formatClock(now - started)}; its driver is process ${pid} on ${host}`;
}

function numbers({ tasks, kinds, slots, phase }: RunView, isDead: boolean): string {
  const { succeeded, failed, skipped, running, retrying, interrupted, total } = tasks;
  const done = succeeded + failed + skipped;
  const again = phase === "ended" ? 0 : retrying;
  const waiting = (waitingIn(tasks) ?? 0) - again;
  return [
    total === undefined ? `${plural(done, "task")} done` : `${done} of ${plural(total, "task")} done`,
    ...(skipped > 0 ? [`${skipped} of them in earlier runs`] : []),
    failed > 0 && kinds.length > 1 ? `${failed} failed in ${kinds.length} kinds` : `${failed} failed`,
    ...(slots.total > 0 && !isDead ? [`${running} running on ${plural(slots.total, "slot")}`] : []),
    ...(running > 0 && isDead ? [`${running} running at that time`] : []),
    ...(again > 0 ? [`${again} to be tried again`] : []),
    ...(interrupted > 0 ? [`${interrupted} cut short`] : []),
    ...(waiting > 0 ? [`${waiting} ${phase === "ended" ? "not run" : "waiting"}`] : []),
  ].join(", ");
}

/** Tasks that have not ended and do not run; undefined where nobody knows how many there are. */
function waitingIn({ total, succeeded, failed, skipped, running, interrupted }: RunView["tasks"]): number | undefined {
  // Engines hold a few that have no slot yet: these wait, too.
  return total === undefined ? undefined : total - succeeded - failed - skipped - running - interrupted;
}

/** What a task of the run waits for that no engine has, in sentences without their full stops. */
export function waitsFor(view: RunView, utility: string): string[] {
  const { stalls, now, tasks, slots, barriers, engines } = view;
  const words = [...heldBack(engines), ...stalls.map((stall) => stallWords(stall, now, utility))].map(
    ({ why, until }) => `${why}, and ${until}`,
  );
  if (words.length > 0) return areOthersFull(view) ? [...words, SLOTS_FULL] : words;
  if (barriers.waiting !== undefined)
    return [`the barrier of line ${barriers.waiting.line} waits for the tasks before it`];
  return tasks.running < slots.total ? [] : [SLOTS_FULL];
}

const SLOTS_FULL = "all slots have tasks, and it comes when those before it have been given out";

/** Whether what holds it up only takes slots away, and tasks go on starting on those that are left, as they become free. */
function areOthersFull({ stalls, engines }: RunView): boolean {
  const takers = engines.filter(({ state, stopping }) => state === "ready" && !stopping);
  const isOnlyLess = stalls.every(({ why }) => why === "unreachable" || why === "stopped");
  return isOnlyLess && takers.length > 0 && takers.every(({ running, slots }) => running >= slots);
}

function reasons(view: RunView, { utility }: ExplainHints): string[] {
  const { stalls, now, tasks, slots, engines } = view;
  const words = [...heldBack(engines), ...stalls.map((stall) => stallWords(stall, now, utility))];
  if (words.length === 0) {
    const all = tasks.running >= slots.total ? "all slots have tasks" : "tasks are being started";
    return ["", `nothing holds it up: ${triesToCome(view) ?? all}`];
  }
  return ["", ...words.flatMap(({ why, until }) => [`${why};`, `  ${until}`])];
}

/** Engines that start no task for now, as the options for busy hosts have it. */
function heldBack(engines: RunView["engines"]): StallWords[] {
  const held = engines.filter((engine) => engine.heldBack !== undefined);
  if (held.length === 0) return [];
  const some = held.slice(0, MOST_HELD_BACK);
  const more = held.length - some.length;
  const words = some.map(({ rank, node, heldBack: why = "" }) => ({
    why: `engine ${rank} on ${printable(node)} starts no task for now: ${printable(why)}`,
    until: "tasks start there when that is over",
  }));
  if (more === 0) return words;
  const why = `${plural(more, "more engine")} ${more === 1 ? "starts" : "start"} no task for now`;
  return [...words, { why, until: "disbatch status says why" }];
}

/** What it waits for when nothing can start before the next try of a task is due; undefined when something else can. */
function triesToCome({ tasks, barriers }: RunView): string | undefined {
  const isAll = barriers.waiting !== undefined || waitingIn(tasks) === tasks.retrying;
  if (tasks.retrying === 0 || !isAll) return undefined;
  return tasks.retrying === 1
    ? "1 task has failed, and waits for its next try"
    : `${tasks.retrying} tasks have failed, and wait for their next tries`;
}

function kindLines(kinds: readonly FailureKind[]): string[] {
  const most = kinds.toSorted((a, b) => b.count - a.count).slice(0, MOST_KINDS);
  const more = kinds.length - most.length;
  return [
    ...most.map(({ count, ending, text, isOther, example, node, nodes }) => {
      const what = isOther
        ? "other failures"
        : `${formatEnding(ending)}${text === "" ? "" : `: ${shorten(text, LONGEST)}`}`;
      const where = nodes > 1 ? `${nodes} hosts` : printable(node);
      return `  ${plural(count, "task")}: ${what} (${where}; task ${example})`;
    }),
    ...(more > 0 ? [`  and ${plural(more, "more kind")}`] : []),
  ];
}

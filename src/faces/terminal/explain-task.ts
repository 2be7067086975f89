import { type Ending, isSuccess } from "../../domain/ending.ts";
import type { Leak } from "../../domain/result.ts";
import type {
  AttemptOutcome,
  BarrierHistory,
  RecordedAttempt,
  TaskHistory,
} from "../../records/journal/task-history.ts";
import { printable } from "../../domain/printable.ts";
import { plural } from "../../domain/plural.ts";
import { shellWords } from "../../domain/shell-words.ts";
import { dateAndTime } from "./dates.ts";
import { memoryText } from "../../domain/limits.ts";
import { formatDuration, formatEnding } from "./text.ts";

/** A number, compared to those that the tasks of a list have. */
export interface TaskNumber {
  /** Tasks of the list. */
  readonly total: number;
  /** Whether it is larger than all of them, as far as barriers are known: these have numbers, too. */
  readonly isBeyond: boolean;
  /** Whether all barriers are known. */
  readonly isSure: boolean;
}

/** A run, as far as it matters for one task of it. */
export interface ExplainedRun {
  readonly jobId: string;
  /** Whether its driver is there; `dead` when it could be taken up again. */
  readonly state: "running" | "ended" | "dead";
  readonly now: number;
  /** Where the number stands in a list whose length is known. */
  readonly number?: TaskNumber | undefined;
  /** What keeps a task that waits, in sentences; of a run that goes on. */
  readonly waitsFor: readonly string[];
  /** Whether tasks of it have no outcome. */
  readonly hasRest: boolean;
  /** The folder of the tasks, where that is known. */
  readonly folder?: string | undefined;
  /** A command line that goes on with the run, and one that runs a task again that has failed; and what they do. */
  readonly goOn?: { readonly what: string; readonly command: string } | undefined;
  readonly retry?: { readonly what: string; readonly command: string } | undefined;
}

/** What there is to say of one task, in lines. */
export function explainTask(id: number, history: TaskHistory, run: ExplainedRun): string[] {
  const { task, attempts, skipped, barrier } = history;
  if (barrier !== undefined) return [barrierLine(id, barrier)];
  const last = attempts.at(-1);
  const line = task === undefined ? "" : ` (line ${task.line}${repeat(task.repeatIndex)})`;
  return [
    `task ${id}${line} of ${printable(run.jobId)}: ${standing(history, run)}`,
    ...(task === undefined ? [] : [`  ${printable(task.command)}`]),
    ...attempts.flatMap((attempt) => attemptLines(attempt, run)),
    ...(skipped === undefined ? [] : [`skipped at ${dateAndTime(skipped.time)}: an earlier run had its outcome`]),
    ...again(id, history, last, run),
  ];
}

function repeat(index: number): string {
  return index === -1 ? "" : `, repeat index ${index}`;
}

function barrierLine(id: number, { barrier, state, time }: BarrierHistory): string {
  const at = dateAndTime(time);
  const fate = {
    met: `where the run has waited since ${at} for the tasks before it`,
    passed: `which was passed at ${at}`,
    failed: `which ended the run at ${at}, since a task before it failed`,
  }[state];
  return `${id} is no task: it is the ${barrier.check ? "BARRIER CHECK" : "barrier"} of line ${barrier.line}, ${fate}`;
}

/** Where the task is. */
function standing({ attempts, skipped, unmet }: TaskHistory, run: ExplainedRun): string {
  const last = attempts.at(-1);
  if (unmet !== undefined) return printable(unmet.why.replace(/^disbatch: /, ""));
  if (last?.end === "finished") return outcome(last.result?.ending) + stoppedWords(last);
  if (skipped !== undefined) return `done in an earlier run, ${outcome(skipped.ending)}`;
  if (last === undefined) return notGivenOut(run);
  if (run.state === "ended") return `${last.end === "interrupted" ? "cut short" : "not run"}: the run ended before`;
  const where = placeOf(last);
  if (last.end === "failed") return toBeTriedAgain(last, run);
  if (last.end !== "under-way") return `waits to be started again${because(run)}`;
  if (run.state === "dead") return `was on ${where} when the driver died; it may still run there`;
  return last.start === undefined ? `on ${where}, where it has no slot yet or has just begun` : `runs on ${where}`;
}

/** A task whose next try is not due waits for that; later, for what all others wait for. */
function toBeTriedAgain({ ended, delay = 0 }: RecordedAttempt, run: ExplainedRun): string {
  const due = ended === undefined ? undefined : ended + delay;
  if (due === undefined || due <= run.now) return `waits to be tried again${because(run)}`;
  return `waits until ${dateAndTime(due)} to be tried again`;
}

function notGivenOut({ number, ...run }: ExplainedRun): string {
  if (number !== undefined && number.isBeyond) return noSuchTask(number);
  if (run.state === "ended") {
    return number === undefined
      ? "nothing is recorded of it: the run ended before it was started, or there is no such task"
      : "not run: the run ended before";
  }
  if (run.state === "dead") return "no engine had it when the driver died";
  return `no engine has it yet${because(run)}`;
}

function noSuchTask({ total, isSure }: TaskNumber): string {
  const unless = isSure ? "" : ", and barriers that are still to come have numbers, too";
  return `there is no such task: the list has ${plural(total, "task")}${unless}`;
}

function because({ waitsFor }: ExplainedRun): string {
  return waitsFor.length === 0 ? "" : `: ${waitsFor.join("; ")}`;
}

function outcome(ending: Ending | undefined): string {
  if (ending === undefined) return "has ended";
  return isSuccess(ending) ? "succeeded" : `failed, ${formatEnding(ending)}`;
}

/** A task that ended well all the same was not stopped in time. */
function stoppedWords({ stopped, result }: RecordedAttempt): string {
  return stopped === undefined || (result !== undefined && isSuccess(result.ending)) ? "" : ", stopped on request";
}

function placeOf({ engine, node }: RecordedAttempt): string {
  return engine === undefined ? `host ${printable(node)}` : `engine ${engine}${on(node)}`;
}

function on(node: string): string {
  return node === "" ? "" : ` on ${printable(node)}`;
}

function attemptLines(attempt: RecordedAttempt, run: ExplainedRun): string[] {
  const { result, late, stopped } = attempt;
  const request = stopped === undefined ? "" : `somebody had it stopped at ${dateAndTime(stopped)}`;
  const where = `${placeOf(attempt)}${attempt.slot === undefined ? "" : `, slot ${attempt.slot}`}`;
  return [
    `attempt ${attempt.attempt}: ${where}`,
    ...[times(attempt, run.now), request, endOf(attempt, run.state)]
      .filter((line) => line !== "")
      .map((line) => `  ${line}`),
    ...(result === undefined ? [] : [...useLines(result), ...leaks(result)]),
    ...(late === undefined ? [] : [`  its engine reported later: ${formatEnding(late.ending)}, which does not count`]),
  ];
}

function times({ assigned, start, result, ended, end }: RecordedAttempt, now: number): string {
  const given = assigned === undefined ? [] : [`given to the engine at ${dateAndTime(assigned)}`];
  if (start === undefined) return given.join("");
  const until = result?.finish ?? ended;
  const goesOn = end === "under-way" || until === undefined;
  const since = formatDuration(Math.max(0, (goesOn ? now : until) - start));
  return [...given, `began at ${dateAndTime(start)}`, goesOn ? `${since} ago` : `took ${since}`].join(", ");
}

function endOf({ end, result, reason, delay = 0 }: RecordedAttempt, state: ExplainedRun["state"]): string {
  switch (end) {
    case "under-way":
      return state === "running" ? "" : "its end is not recorded";
    case "finished":
      return result === undefined ? "ended" : outcome(result.ending) + processOf(result);
    case "failed": {
      const how = result === undefined ? "failed" : outcome(result.ending) + processOf(result);
      return `${how}; ${delay > 0 ? `to be tried again after ${formatDuration(delay)}` : "to be tried again"}`;
    }
    case "lost":
      return `its engine has gone${reason === undefined ? "" : `: ${printable(reason)}`}`;
    case "returned":
      return "its engine gave it back, not started";
    case "interrupted":
      return `cut short${result === undefined ? "" : `, ${formatEnding(result.ending)}`}`;
    default:
      return end satisfies never;
  }
}

function useLines({ usage }: AttemptOutcome): string[] {
  if (usage === undefined) return [];
  const peak = usage.peak === undefined ? "" : `, ${memoryText(usage.peak)} of memory at most`;
  return [`  used ${formatDuration(usage.cpu)} of processor time${peak}`];
}

function processOf({ pid = -1 }: AttemptOutcome): string {
  return pid < 0 ? "" : `, process ${pid}`;
}

function leaks({ output, error }: AttemptOutcome): string[] {
  return [...leak("standard output", output), ...leak("standard error", error)];
}

function leak(stream: string, { bytes, snippet }: Leak): string[] {
  return bytes === 0 ? [] : [`  wrote ${plural(bytes, "byte")} to ${stream}: ${printable(snippet.trimEnd())}`];
}

/** What would run it again. */
function again(id: number, { task }: TaskHistory, last: RecordedAttempt | undefined, run: ExplainedRun): string[] {
  const { folder, state } = run;
  const failed = last?.end === "finished" && last.result !== undefined && !isSuccess(last.result.ending);
  const isOpen = last?.end !== "finished" && state !== "running" && run.hasRest;
  const lines: string[] = [];
  if (failed && state === "running") lines.push("it can be run again when the run has ended");
  const way = failed ? run.retry : isOpen && run.number?.isBeyond !== true ? run.goOn : undefined;
  if (way !== undefined) lines.push(`${way.what}: ${way.command}`);
  if (failed && task !== undefined && folder !== undefined) {
    const command = `cd ${shellWords([folder])} && DISBATCH_TASKID=${id} ${shellWords(["bash", "-c", task.command])}`;
    lines.push(`by hand${on(last?.node ?? "")}: ${command}`);
  }
  return lines;
}

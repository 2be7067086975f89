import { UserError } from "../domain/errors.ts";
import { shellWords } from "../domain/shell-words.ts";
import { journalEnds } from "../records/journal/ends.ts";
import { endReason } from "../faces/terminal/end-reason.ts";
import { restWords } from "../faces/terminal/rest-words.ts";
import { begunBy } from "../run/files/pool-script.ts";
import { recoverCommand } from "../run/files/recover-command.ts";
import { filesOfRun, type RunFiles } from "../run/files/run-files.ts";
import type { ListedRun } from "../run/listed-run.ts";
import { isOfDocument } from "./retry-command.ts";
import { commandWords, takesInput } from "./options.ts";
import { resumeCommand } from "./resume-command.ts";

/** Said of a run whose tasks came over a pipe, or values for its template. */
export function sameAgain(hasTemplate: boolean): string {
  return `with the same ${hasTemplate ? "values" : "tasks"} given again`;
}

/** A command line, good from any folder, and what it does, in words. */
export interface Way {
  readonly what: string;
  readonly command: string;
}

/**
 * What is next to do with a run; undefined when nothing is, or when nobody knows how the run was begun.
 *
 * @param program the words that start this program.
 * @param job the Slurm job that this process is part of.
 */
export function wayOn(run: ListedRun, program: readonly string[], job: string | undefined): Way | undefined {
  const { prefix, state, slurmJob, host } = run;
  if (state === "running") return { what: "to see how far it is", command: shellWords([...program, "status", prefix]) };
  if (state === "driver-died" && (slurmJob === undefined || slurmJob === job)) {
    return { what: `to go on, on ${host}`, command: recoverCommand(program, prefix) };
  }
  const isLeft = hasRest(run);
  if (!isLeft && run.failed === 0) return undefined;
  return resumeOf(run, program, { isLeft, retry: !isLeft || run.reason === "check-failed" });
}

/** The failed tasks of a run that has ended are run again; and what is left, if anything. */
export function wayToRetry(run: ListedRun, program: readonly string[]): Way | undefined {
  return resumeOf(run, program, { isLeft: hasRest(run), retry: true });
}

/**
 * The command line that goes on with a run so that more tasks can be submitted to it; undefined when nobody knows how it was begun.
 * What a BARRIER CHECK has ended would end at once again, unless the failed tasks are run once more.
 */
export function wayToReopen({ util, status, journal }: RunFiles, program: readonly string[]): string | undefined {
  const begun = begunBy(util);
  if (begun === undefined) return undefined;
  const { last } = journalEnds(journal);
  const retry = last?.type === "run-ended" && last.reason === "check-failed";
  try {
    return resumeCommand(begun.args, { program, folder: begun.cwd, statusFile: status, reopen: true, retry });
  } catch (error) {
    // Another version has begun it, with options that this one does not know.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Whether tasks of it have no outcome, as far as anybody knows. */
export function hasRest({ total, reason, state, done, blocked = 0 }: ListedRun): boolean {
  if (total !== undefined) return done + blocked < total;
  return state === "ended" ? reason !== undefined && reason !== "done" : true;
}

function resumeOf(
  { prefix, failed, blocked }: ListedRun,
  program: readonly string[],
  { isLeft, retry }: { readonly isLeft: boolean; readonly retry: boolean },
): Way | undefined {
  const { status: statusFile, util } = filesOfRun(prefix);
  const begun = begunBy(util);
  if (begun === undefined) return undefined;
  try {
    const begin = commandWords(begun.args);
    const alsoFailed = retry || isOfDocument(begun.args, begin);
    const where = takesInput(begin) ? [sameAgain(begin.template !== undefined)] : [];
    const command = resumeCommand(begun.args, { program, folder: begun.cwd, statusFile, retry });
    return { what: restWords({ isLeft, failed, blocked, retry: alsoFailed, where }), command };
  } catch (error) {
    // Another version has begun it, with options that this one does not know.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** What a run is doing, in a few words. */
export function stateWords({ state, reason, host }: ListedRun): string {
  switch (state) {
    case "running":
      return `running on ${host ?? "?"}`;
    case "ended":
      return reason === "done" || reason === undefined ? "ended" : `ended early: ${endReason(reason)}`;
    case "driver-died":
      return `driver died on ${host ?? "?"}`;
    case "cut-off":
      return "cut off";
    default:
      return state satisfies never;
  }
}

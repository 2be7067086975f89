import type { SummaryOptions } from "../faces/terminal/summary.ts";
import type { Environment } from "../domain/environment.ts";
import { shellWords } from "../domain/shell-words.ts";
import { isFile } from "../files/look.ts";
import type { SlurmPlace } from "../places/slurm-place.ts";
import { type SlurmWarning, submissionOf } from "../places/submission.ts";
import { recoverCommand } from "../run/files/recover-command.ts";
import type { RunOutcome } from "../run/outcome.ts";
import { programName } from "../run/program-name.ts";
import { outputKept } from "../run/settings.ts";
import type { ObservedRun } from "../run/surroundings.ts";
import { sameAgain } from "./listed-ways.ts";
import { resumeCommand, takesMore } from "./resume-command.ts";

/** Where the words are good that go on with a run of this job; nothing when that is here. */
function whereToGoOn(place: SlurmPlace | undefined, submission: readonly string[], requeue: boolean): string[] {
  if (place === undefined) return [];
  if (requeue) return ["(unless Slurm starts this job again)"];
  return submission.length === 0 ? ["in a Slurm job"] : [];
}

type BegunRun = Pick<ObservedRun, "files" | "program" | "settings" | "slurm" | "isStream" | "skips" | "keepsFailures">;

/** How a run ended, as far as it matters for going on. */
type EndedRun = Pick<RunOutcome, "reason" | "isRecorded"> & {
  readonly counts: Pick<RunOutcome["counts"], "skipped" | "failed" | "failures">;
};

/** What the user is told to type to go on with a run; each command line is good from any folder. */
export class GoingOn {
  readonly #run: BegunRun;
  readonly #env: Environment;
  readonly #folder = process.cwd();
  #warning: SlurmWarning | undefined;

  /** @param env variables that Slurm and the shell have set. */
  constructor(run: BegunRun, env: Environment) {
    this.#run = run;
    this.#env = env;
  }

  /** Takes note of a warning of Slurm's: the next job is to be warned, too. */
  noteWarning(warning: SlurmWarning): void {
    this.#warning ??= warning;
  }

  /** When the driver was killed. With a batch script its job ends, and all that Slurm has started for it: then it is resumed. */
  afterDeath(): string {
    const { slurm, files } = this.#run;
    const goOn = ["to go on", ...this.#input(this.#sameAgain)].join(" ");
    if (slurm?.facts.isBatch === true) return `when this job has ended, ${goOn}: ${this.#resume({})}`;
    return `${goOn}: ${recoverCommand(this.#name, files.prefix)}`;
  }

  /** When the run has come to its end, with or without the rest. */
  afterEnd({ reason, counts, isRecorded }: EndedRun): Omit<SummaryOptions, "width" | "statusFile"> {
    const { slurm, skips, settings, files } = this.#run;
    // A task that an earlier run settled has a line in this run's status file, too, once its turn has come.
    const hasAll = isRecorded && (reason === "done" || (skips !== undefined && counts.skipped >= skips));
    return {
      // What a BARRIER CHECK has stumbled over would stop the next run there, too.
      resumeCommand: this.#resume({ hasAll, retry: reason === "check-failed" }),
      takesMore: takesMore(this.#run.program.args, {
        program: [],
        folder: this.#folder,
        statusFile: this.#run.files.status,
      }),
      retryCommand: this.#resume({ hasAll, retry: true }),
      explainCommand: settings.workflow && shellWords([...this.#name, "explain", files.prefix]),
      failuresCommand: shellWords([...this.#name, "report", "--failed", this.#run.files.prefix]),
      outputCommand: this.#run.keepsFailures ? this.#output(counts) : undefined,
      where: [
        ...whereToGoOn(slurm, this.#submission(), this.#run.settings.requeueResume),
        ...this.#input(reason === "source-failed" ? "with the tasks put right" : this.#sameAgain),
      ],
    };
  }

  /** Shows what the failed tasks have printed; of a single one by its number. */
  #output({ failed, failures }: EndedRun["counts"]): string {
    const { files, settings } = this.#run;
    const only = failures.find(({ command }) => command.kind === "task")?.command.id;
    const which = failed === 1 && only !== undefined ? [String(only)] : [];
    const flag = outputKept(settings) === "all" && which.length === 0 ? ["--failed"] : [];
    return shellWords([...this.#name, "output", ...flag, files.prefix, ...which]);
  }

  /** @param words for a stream, which cannot be read again by itself. */
  #input(words: string): string[] {
    return this.#run.isStream ? [words] : [];
  }

  get #sameAgain(): string {
    return sameAgain(this.#run.settings.template !== undefined);
  }

  get #name(): string[] {
    return programName(this.#run.program.command, this.#env);
  }

  #resume(how: { readonly hasAll?: boolean; readonly retry?: boolean }): string {
    const submission = this.#submission();
    const program = submission.length === 0 ? this.#name : submission;
    const statusFile = this.#run.files.status;
    return resumeCommand(this.#run.program.args, { program, folder: this.#folder, statusFile, ...how });
  }

  #submission(): string[] {
    const { slurm } = this.#run;
    return slurm === undefined ? [] : submissionOf(slurm.facts, this.#env, isFile, this.#warning);
  }
}

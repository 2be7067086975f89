import { statSync } from "node:fs";
import type { RunEnd } from "../domain/events.ts";
import type { RunCounts } from "../records/state/counts.ts";
import type { SummaryOptions } from "../faces/terminal/summary.ts";
import type { PreparedRun } from "./prepared-run.ts";
import type { SlurmPlace } from "../places/slurm-place.ts";
import type { Program } from "../run/program-name.ts";
import type { Options } from "./options.ts";
import { programName } from "../run/program-name.ts";
import { recoverCommand } from "../run/files/recover-command.ts";
import { resumeCommand } from "./resume-command.ts";
import { type SlurmWarning, submissionOf } from "../places/submission.ts";

/** How a run ended, as far as it matters for going on. */
interface RunEnding {
  readonly reason: RunEnd;
  readonly counts: Pick<RunCounts, "skipped">;
  /** The status file has every outcome. */
  readonly isRecorded: boolean;
}

/** Where the words are good that go on with a run of this job; nothing when that is here. */
function whereToGoOn(place: SlurmPlace | undefined, submission: readonly string[], requeue: boolean): string[] {
  if (place === undefined) return [];
  if (requeue) return ["(unless Slurm starts this job again)"];
  return submission.length === 0 ? ["in a Slurm job"] : [];
}

/** What the user is told to type to go on with a run; each command line is good from any folder. */
export class GoingOn {
  readonly #program: Program;
  readonly #prepared: PreparedRun;
  readonly #options: Pick<Options, "requeueResume">;
  readonly #folder = process.cwd();
  #warning: SlurmWarning | undefined;

  constructor(program: Program, prepared: PreparedRun, options: Pick<Options, "requeueResume">) {
    this.#program = program;
    this.#prepared = prepared;
    this.#options = options;
  }

  /** Takes note of a warning of Slurm's: the next job is to be warned, too. */
  noteWarning(warning: SlurmWarning): void {
    this.#warning ??= warning;
  }

  /** When the driver was killed. With a batch script its job ends, and all that Slurm has started for it: then it is resumed. */
  afterDeath(): string {
    const { slurm, files } = this.#prepared;
    const goOn = ["to go on", ...this.#input("with the same tasks given again")].join(" ");
    if (slurm?.facts.isBatch === true) return `when this job has ended, ${goOn}: ${this.#resume({})}`;
    return `${goOn}: ${recoverCommand(this.#name, files.prefix)}`;
  }

  /** When the run has come to its end, with or without the rest. */
  afterEnd({
    reason,
    counts,
    isRecorded,
  }: RunEnding): Pick<SummaryOptions, "resumeCommand" | "retryCommand" | "where"> {
    const { slurm, skips } = this.#prepared;
    // A task that an earlier run settled has a line in this run's status file, too, once its turn has come.
    const hasAll = isRecorded && (reason === "done" || (skips !== undefined && counts.skipped >= skips));
    return {
      // What a BARRIER CHECK has stumbled over would stop the next run there, too.
      resumeCommand: this.#resume({ hasAll, retry: reason === "check-failed" }),
      retryCommand: this.#resume({ hasAll, retry: true }),
      where: [
        ...whereToGoOn(slurm, this.#submission(), this.#options.requeueResume),
        ...this.#input(reason === "source-failed" ? "with the tasks put right" : "with the same tasks given again"),
      ],
    };
  }

  /** @param words for a stream, which cannot be read again by itself. */
  #input(words: string): string[] {
    return this.#prepared.isStream ? [words] : [];
  }

  get #name(): string[] {
    return programName(this.#program.command, process.env);
  }

  #resume(how: { readonly hasAll?: boolean; readonly retry?: boolean }): string {
    const submission = this.#submission();
    const program = submission.length === 0 ? this.#name : submission;
    const statusFile = this.#prepared.files.status;
    return resumeCommand(this.#program.args, { program, folder: this.#folder, statusFile, ...how });
  }

  #submission(): string[] {
    const { slurm } = this.#prepared;
    return slurm === undefined ? [] : submissionOf(slurm.facts, process.env, isFile, this.#warning);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

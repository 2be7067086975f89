import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { UserError } from "../domain/errors.ts";
import { shellWords } from "../domain/shell-words.ts";
import type { TaskSource } from "../domain/source.ts";
import { slurmPrograms } from "../places/slurm/ask.ts";
import type { Environment } from "../domain/environment.ts";
import type { JobStart } from "../places/slurm/job.ts";
import { isJobOver } from "../places/slurm/job-facts.ts";
import { refuseCopies } from "../places/place.ts";
import { jobStartOf } from "../places/slurm-place.ts";
import { sayWhatStays } from "./files/leftover.ts";
import {
  chooseRunFiles,
  dropAbandoned,
  dropUnfinished,
  filesOfDocument,
  filesOfJob,
  filesOfRun,
  type RunFiles,
} from "./files/run-files.ts";
import { isStale, lockHolder, RunLock } from "./files/run-lock.ts";
import { type Beforehand, prepare } from "./prepare.ts";
import { programName } from "./program-name.ts";
import { refuseCutOff, refuseFolder } from "./refusals.ts";
import { goOnAfterRequeue, requeuedJob } from "./requeue.ts";
import { beginRun } from "./begin-run.ts";
import type { Run } from "./run.ts";
import { nameOfTasks, type RunSettings } from "./settings.ts";
import { carriedEnvironment } from "./carried-environment.ts";
import { readingOf } from "./reading.ts";
import type { Surroundings } from "./surroundings.ts";
import type { RunnableDocument } from "./workflow/runnable-document.ts";

/**
 * Begins a run: checks everything, takes its files, starts it.
 *
 * @returns the run, which has begun.
 * @throws UserError before anything has been run.
 */
export async function openRun(settings: RunSettings, surroundings: Surroundings): Promise<Run> {
  refuseFolder();
  const { env, say } = surroundings;
  // Before the lock: a copy must not take the run away from the one that counts.
  refuseCopies(settings, env);
  const taskFileName = nameOfTasks(settings);
  const job = settings.requeueResume ? requeuedJob(settings, env, say) : undefined;
  const document = await readDocumentOf(settings, surroundings);
  const { files, lock } =
    document === undefined
      ? await reserveFiles(settings.prefix, taskFileName, job, env)
      : await reserveDocument(filesOfDocument(settings.prefix, document.name), env);
  const release = (): void => sayWhatStays(lock.release(), say);
  try {
    const again = job === undefined ? { settings } : await goOnAfterRequeue(settings, files, job, say);
    const { settings: chosen, ...left } = again;
    if (lock.tookOver) dropUnfinished(files);
    for (const file of chosen.resumeFrom) dropAbandoned(filesOfRun(file), (path) => isStale(path, hostname()));
    if (document !== undefined) await refuseGoingOn(chosen, files, surroundings);
    const opened = await document?.open(chosen, files, carriedEnvironment(chosen, env).variables);
    const prepared = await prepare(chosen, files, { ...surroundings, opened });
    return await beginRun(chosen, { ...prepared, ...left, files, taskFileName }, surroundings, release);
  } catch (error) {
    release();
    throw error;
  }
}

/** What a run has left that still goes on somewhere must not be touched. @throws UserError `run-cut-off`. */
async function refuseGoingOn(
  { overwrite }: Pick<RunSettings, "overwrite">,
  files: RunFiles,
  { program, env }: Pick<Surroundings, "program" | "env">,
): Promise<void> {
  if (!existsSync(files.workflow)) return;
  const [file, option] = overwrite ? [files.status, "--overwrite"] : [files.prefix, "-p"];
  await refuseCutOff([file], programName(program.command, env), slurmPrograms(env), option);
}

/**
 * Checks all that a run would, and takes nothing.
 *
 * @returns its tasks as they would run; to be closed.
 * @throws UserError as `openRun` does.
 */
export async function previewTasks(settings: RunSettings, beforehand: Beforehand): Promise<TaskSource> {
  refuseFolder();
  const files = chooseRunFiles(settings.prefix, nameOfTasks(settings), new Date());
  const { source, list } = await prepare(settings, files, beforehand);
  // Nobody can submit anything to it.
  list?.end();
  return source;
}

/** Loaded late: other runs need nothing of it. */
async function readDocumentOf(
  settings: RunSettings,
  surroundings: Surroundings,
): Promise<RunnableDocument | undefined> {
  if (settings.workflow === undefined) return undefined;
  const { RunnableDocument: Document } = await import("./workflow/runnable-document.ts");
  return Document.read(settings.workflow, readingOf(settings), surroundings);
}

/** From here on no other run uses the files of this document. */
async function reserveDocument(files: RunFiles, env: Environment): Promise<{ files: RunFiles; lock: RunLock }> {
  try {
    return { files, lock: await takeLock(files, env) };
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== "prefix-in-use") throw error;
    const { prefix } = files;
    const see = shellWords(["disbatch", "status", prefix]);
    const message = `${error.message}; a document has one run at a time: wait until that has ended (${see}), or give this one other files with -p`;
    throw new UserError(error.code, message, { cause: error });
  }
}

/** From here on no other run uses these files. */
async function reserveFiles(
  prefix: string | undefined,
  taskFileName: string,
  requeued: JobStart | undefined,
  env: Environment,
): Promise<{ files: RunFiles; lock: RunLock }> {
  if (requeued !== undefined) {
    const files = filesOfJob(prefix, taskFileName, requeued.id);
    return { files, lock: await takeLock(files, env) };
  }
  for (;;) {
    const files = chooseRunFiles(prefix, taskFileName, new Date());
    try {
      return { files, lock: await takeLock(files, env) };
    } catch (error) {
      // Somebody else has just taken the name, and the next choice will be another.
      if (!files.automatic || !(error instanceof UserError) || error.code !== "prefix-in-use") throw error;
    }
  }
}

/** A run of a job that is over has ended with it, wherever that was. */
async function takeLock({ lock }: RunFiles, env: Environment): Promise<RunLock> {
  const job = jobStartOf(env);
  try {
    return new RunLock(lock, hostname(), job);
  } catch (error) {
    const holder = lockHolder(lock)?.job;
    const mayBeStale = error instanceof UserError && error.code === "prefix-in-use" && holder !== undefined;
    if (!mayBeStale || !(await isJobOver(slurmPrograms(env), holder))) throw error;
    return new RunLock(lock, hostname(), job, holder);
  }
}

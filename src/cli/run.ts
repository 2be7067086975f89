import { hostname } from "node:os";
import { basename } from "node:path";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { UserError } from "../domain/errors.ts";
import type { TaskSource } from "../domain/source.ts";
import { Terminal } from "../faces/terminal/terminal.ts";
import { printable } from "../faces/terminal/text.ts";
import { sayWhatStays } from "./reporting.ts";
import { slurmPrograms } from "../places/slurm/ask.ts";
import type { JobStart } from "../places/slurm/job.ts";
import { isJobOver } from "../places/slurm/job-facts.ts";
import { conduct } from "./conduct.ts";
import type { Program } from "../run/program-name.ts";
import { dryRun } from "../faces/terminal/dry-run.ts";
import { refuseFolder } from "./not-utf8.ts";
import type { Options } from "./options.ts";
import { prepare } from "./prepare.ts";
import { goOnAfterRequeue, requeuedJob } from "../run/requeue.ts";
import {
  chooseRunFiles,
  dropAbandoned,
  dropUnfinished,
  filesOfJob,
  filesOfRun,
  type RunFiles,
} from "../run/files/run-files.ts";
import { isStale, lockHolder, RunLock } from "../run/files/run-lock.ts";
import { jobStartOf } from "../places/slurm-place.ts";
import { print } from "./standard-output.ts";

/** Runs a task file. @throws UserError before anything has been run. */
export async function run(options: Options, program: Program): Promise<ExitCode> {
  refuseFolder();
  const terminal = new Terminal(process.stderr);
  const say = (message: string): void => terminal.message(`disbatch: ${message}`);
  const taskFileName = nameOfTasks(options);
  if (options.dryRun) {
    const files = chooseRunFiles(options.prefix, taskFileName, new Date());
    return showTasks((await prepare(options, program, process.env, files, say)).source);
  }
  const job = options.requeueResume ? requeuedJob(options, process.env, say) : undefined;
  const { files, lock } = await reserveFiles(options.prefix, taskFileName, job);
  try {
    const again = job === undefined ? { settings: options } : await goOnAfterRequeue(options, files, job, say);
    const { settings: resumed, ...left } = again;
    const chosen = { ...options, ...resumed };
    if (lock.tookOver) dropUnfinished(files);
    for (const file of chosen.resumeFrom) dropAbandoned(filesOfRun(file), (path) => isStale(path, hostname()));
    const prepared = await prepare(chosen, program, process.env, files, say);
    return await conduct(chosen, program, { ...prepared, ...left, files, taskFileName }, terminal);
  } finally {
    sayWhatStays(lock.release(), terminal);
  }
}

/** Name of the task file, as tasks see it. */
export function nameOfTasks({ taskFile }: Pick<Options, "taskFile">): string {
  return taskFile === "-" ? "stdin" : basename(taskFile);
}

/** From here on no other run uses these files. */
async function reserveFiles(
  prefix: string | undefined,
  taskFileName: string,
  requeued: JobStart | undefined,
): Promise<{ files: RunFiles; lock: RunLock }> {
  if (requeued !== undefined) {
    const files = filesOfJob(prefix, taskFileName, requeued.id);
    return { files, lock: await takeLock(files) };
  }
  for (;;) {
    const files = chooseRunFiles(prefix, taskFileName, new Date());
    try {
      return { files, lock: await takeLock(files) };
    } catch (error) {
      // Somebody else has just taken the name, and the next choice will be another.
      if (!files.automatic || !(error instanceof UserError) || error.code !== "prefix-in-use") throw error;
    }
  }
}

/** A run of a job that is over has ended with it, wherever that was. */
async function takeLock({ lock }: RunFiles): Promise<RunLock> {
  const { env } = process;
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

async function showTasks(source: TaskSource): Promise<ExitCode> {
  try {
    // A terminal would act on what a command may hold; whatever else reads this gets the bytes.
    await (process.stdout.isTTY ? dryRun(source, print, printable) : dryRun(source, print));
  } finally {
    await source.close();
  }
  return EXIT.done;
}

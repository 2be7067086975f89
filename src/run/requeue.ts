import { openLeftOutput } from "./output.ts";
import { existsSync } from "node:fs";
import { formatDiagnostic, UserError } from "../domain/errors.ts";
import { removeFile } from "../files/remove-file.ts";
import { recoverRun } from "../records/recovery/recover-run.ts";
import { type JobStart, slurmJobOf } from "../places/slurm/job.ts";
import type { Environment } from "../domain/environment.ts";
import { type RunSettings, takesStream } from "./settings.ts";
import { readRecovery } from "./files/recovery-file.ts";
import type { RunFiles } from "./files/run-files.ts";

/**
 * The job that a run is to survive, as it is asked to.
 *
 * @returns undefined outside of any.
 * @throws UserError when the run cannot be started once more.
 */
export function requeuedJob(
  settings: RunSettings,
  env: Environment,
  say: (message: string) => void,
): JobStart | undefined {
  if (takesStream(settings)) {
    const what = settings.template === undefined ? "a task file" : "values";
    const message = `--requeue-resume needs ${what} that can be read again, and not standard input`;
    throw new UserError("requeue-of-stream", message);
  }
  const job = slurmJobOf(env);
  if (job === undefined) say("--requeue-resume has no effect: this is no Slurm job");
  return job;
}

/** How a run is to go on whose job has been started again. */
interface RunAgain {
  readonly settings: RunSettings;
  /** Why engines may still be there that know nothing of this start. */
  readonly hold?: string | undefined;
  /** What has been dropped from the ends of the records. */
  readonly dropped?: readonly string[];
}

/** Puts the records of the run's earlier start in order, if there was one, and resumes from them. */
export async function goOnAfterRequeue(
  settings: RunSettings,
  files: RunFiles,
  job: JobStart,
  say: (message: string) => void,
): Promise<RunAgain> {
  if (job.restarts === 0 || !existsSync(files.status)) return { settings };
  // A document goes on by itself.
  const resumeFrom = settings.workflow === undefined ? [...settings.resumeFrom, files.status] : settings.resumeFrom;
  const again = { settings: { ...settings, resumeFrom } };
  say(`job ${job.id} was requeued: going on with the run of ${files.prefix}`);
  if (!existsSync(files.recovery)) return again;
  const dropped: string[] = [];
  const others = await mendRecords(settings, files, job, { say, dropped: (text) => void dropped.push(text) });
  return { ...again, dropped, hold: others ? "engines outside of this job may still be there" : undefined };
}

/**
 * The driver had no time to say goodbye. What Slurm has started for it has ended with its job.
 *
 * @returns whether it may have left engines elsewhere.
 */
async function mendRecords(
  settings: RunSettings,
  files: RunFiles,
  job: JobStart,
  { say, dropped }: { readonly say: (message: string) => void; readonly dropped: (text: string) => void },
): Promise<boolean> {
  const { host: node, pid, statusFrom, journalFrom, credentials } = readRecovery(files.recovery, files.prefix);
  const { statusHeader } = settings;
  const engineCertificate = credentials.engine.certificate;
  const openOutput = (): ReturnType<typeof openLeftOutput> => openLeftOutput(settings, files.output, say);
  const { engines, contexts } = await recoverRun(
    { ...files, statusFrom, journalFrom, statusHeader, driver: { node, pid }, engineCertificate, openOutput },
    { event: () => undefined, warning: (warning) => say(formatDiagnostic(warning)), dropped },
  );
  const own = new Set(
    contexts.filter(({ context }) => context.slurmJob === job.id).map(({ context }) => context.label),
  );
  // It is resumed now, and nobody is to recover it.
  for (const file of [files.recovery, files.contact]) {
    const why = removeFile(file);
    if (why !== undefined) say(`warning: ${why}`);
  }
  return engines.some(({ engine }) => !own.has(engine.context));
}

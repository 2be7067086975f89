import { existsSync } from "node:fs";
import { UserError } from "../domain/errors.ts";
import type { ExitCode } from "../domain/exit-codes.ts";
import { findRun } from "../run/files/find-run.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { listedRun } from "../run/listed-run.ts";
import { type Program, programName } from "../run/program-name.ts";
import type { RunSettings } from "../run/settings.ts";
import type { WorkflowRequest } from "../run/workflow/workflow-request.ts";
import { workflowHistory } from "../run/workflow/workflow-history.ts";
import { hasRest, wayOn, wayToRetry } from "./listed-ways.ts";
import { commandWords, parseOptions } from "./options.ts";
import { RETRY } from "./retry-words.ts";
import { run } from "./run.ts";
import { show } from "./standard-output.ts";
import { isWorkflow } from "./workflow-records.ts";

/** Does what `disbatch retry` is asked for. @throws UserError before anything has been run. */
export async function startRetry(program: Program): Promise<ExitCode> {
  const args = [RETRY, ...program.args];
  const request = parseOptions(args, program.version);
  if (request.type === "show") return show(request.text);
  if (request.type === "recover" || request.settings.workflow === undefined) throw new Error("nothing is retried");
  const files = findRun(commandWords(args).taskFile, process.cwd());
  if (!isWorkflow(files)) throw noDocument(files, programName(program.command, process.env));
  const settings = ofItsRun(request.settings, request.settings.workflow, files);
  return run(settings, request.face, { ...program, args });
}

/** The mistake of a prefix under which a task file has run: that goes on in another way. @param words that start this program. */
function noDocument(files: RunFiles, words: readonly string[]): UserError {
  const listed = listedRun(files);
  const isLeft = listed.failed > 0 || hasRest(listed);
  const way = listed.state === "ended" && isLeft ? wayToRetry(listed, words) : wayOn(listed, words, undefined);
  const hint = way === undefined ? "" : `; ${way.what}: ${way.command}`;
  return new UserError("not-a-workflow", `${files.prefix}: no document has run under this prefix${hint}`);
}

/** The settings with what the last run of the document was told, where they say nothing. */
function ofItsRun(settings: RunSettings, asked: WorkflowRequest, files: RunFiles): RunSettings {
  const { runs, last, documents } = workflowHistory(files);
  const { file, form, params, maxInstances } = last;
  const isPart = asked.goals.length > 0 || asked.only;
  const archive = existsSync(file) ? undefined : documents.get(last.document);
  if (archive === undefined && !existsSync(file)) {
    throw new UserError("document-unreadable", `cannot read ${file}: it is gone, and ${files.workflow} lacks it`);
  }
  const workflow = {
    ...asked,
    file,
    form,
    archive,
    params,
    maxInstances: Math.max(maxInstances, asked.maxInstances),
    // What failed is looked for when the run is opened.
    goals: isPart ? asked.goals : (runs.findLast((each) => !each.isPart)?.goals ?? []),
    isPart,
  };
  // Its tasks work where they worked before.
  const workdir = settings.workdir ?? (existsSync(last.folder) ? last.folder : undefined);
  return { ...settings, prefix: files.prefix, workdir, workflow };
}

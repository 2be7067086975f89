import { type Command, InvalidArgumentError, Option } from "commander";
import { UserError } from "../domain/errors.ts";
import { type RunSettings } from "../run/settings.ts";
import { MOST_INSTANCES, type WorkflowRequest } from "../run/workflow/workflow-request.ts";
import {
  FOREIGN_FORMATS,
  type ForeignForm,
  type ForeignFormat,
  GROUPS_READINGS,
  type GroupsReading,
} from "../workflows/imports/formats.ts";
import { collect, wholeNumber } from "./option-values.ts";

/** What only runs of documents are told. */
export interface WorkflowOptions {
  readonly param?: Readonly<Record<string, string>> | undefined;
  readonly from: readonly string[];
  readonly force?: readonly string[] | undefined;
  /** False where no instance is to be reused. */
  readonly cache?: boolean | undefined;
  readonly maxInstances?: number | undefined;
  readonly secretsFile?: string | undefined;
  readonly format?: ForeignFormat | undefined;
  readonly groups?: GroupsReading | undefined;
  readonly jobIdTemplate?: string | undefined;
}

const GROUP = "Documents of tasks that depend on each other:";

/** Adds the options that say which instances a document has: those of `graph`. */
export function addGraphOptions(command: Command): Command {
  return command
    .optionsGroup(GROUP)
    .option("--param <NAME=VALUE>", "give a parameter of the document this value", withParam)
    .option(
      "--max-instances <N>",
      `refuse a document that has more instances (default: ${MOST_INSTANCES})`,
      wholeNumber(1),
    );
}

/** Adds the options for documents of others. */
function addFormatOption(command: Command): Command {
  const option = new Option("--format <FORMAT>", "take FILE for a document of another program");
  return addStolosOptions(command.addOption(option.choices(FOREIGN_FORMATS)));
}

/** Adds the options that say how documents of Stolos are understood. */
export function addStolosOptions(command: Command): Command {
  const groups =
    "Stolos: how many groups of depends_on a job needs of those that are for it: any one, or all (default: any)";
  return command
    .addOption(new Option("--groups <HOW>", groups).choices(GROUPS_READINGS))
    .option("--job-id-template <TEMPLATE>", "Stolos: the template of apps without job_id, such as {date}_{client_id}");
}

/** Adds the options that say which document is meant, and which instances it has: those of `validate`. */
export function addReadingOptions(command: Command): Command {
  return addFormatOption(addGraphOptions(command));
}

/** Adds the options that say which instances a run wants: those of `plan`, too. */
export function addDocumentOptions(command: Command): Command {
  return addReadingOptions(command)
    .option("--from <INSTANCE>", "run this even if it is done, and all that depends on it", collect, [])
    .option("--force <INSTANCE>", "run this even if it is done; what depends on it goes by its rules", collect, [])
    .option("--no-cache", "reuse nothing: run what has cache: true as if nothing were recorded of it");
}

/** Adds the options of a run of a document. */
export function addWorkflowOptions(command: Command): Command {
  return addSecretsOption(addDocumentOptions(command));
}

/** Adds the option for where secrets come from. */
export function addSecretsOption(command: Command): Command {
  return command
    .optionsGroup(GROUP)
    .option("--secrets-file <FILE>", "read secrets from this file, NAME=VALUE a line, which nobody else may read");
}

/** What is wanted of the document. @param only what depends on those of `--from` is left as it is. */
export function workflowRequest(
  file: string,
  goals: readonly string[],
  { param: params = {}, from, force = [], cache, maxInstances = MOST_INSTANCES, secretsFile, ...form }: WorkflowOptions,
  only = false,
): WorkflowRequest {
  const wanted = { goals, from, only, force, noCache: cache === false };
  return {
    file,
    form: formOf(form),
    archive: undefined,
    ...wanted,
    isPart: false,
    params,
    maxInstances,
    secretsFile,
  };
}

/** What is said of the format of a document. @throws UserError `conflicting-options`. */
export function formOf({
  format,
  groups,
  jobIdTemplate,
}: Pick<WorkflowOptions, "format" | "groups" | "jobIdTemplate">): ForeignForm | undefined {
  if (format !== "stolos") {
    const useless = groups !== undefined ? "--groups" : jobIdTemplate !== undefined ? "--job-id-template" : undefined;
    if (useless !== undefined) throw new UserError("conflicting-options", `${useless} goes with --format stolos`);
  }
  return format === undefined ? undefined : { format, groups, jobIdTemplate };
}

/**
 * Refuses options that mean nothing for a document, and those of documents where there is none.
 *
 * @throws UserError `not-for-documents`, `no-document`.
 */
export function checkWorkflowOptions(
  settings: RunSettings,
  { param, from, force = [], cache, maxInstances, secretsFile }: WorkflowOptions,
): void {
  const { workflow } = settings;
  if (workflow !== undefined) {
    const [option, why] = uselessFor(settings) ?? [];
    if (option === undefined) return;
    throw new UserError("not-for-documents", `${option} does not go with a document, ${workflow.file}: ${why}`);
  }
  const given = [
    param !== undefined && "--param",
    from.length > 0 && "--from",
    force.length > 0 && "--force",
    cache === false && "--no-cache",
    maxInstances !== undefined && "--max-instances",
    secretsFile !== undefined && "--secrets-file",
  ].find((option) => option !== false);
  if (given === undefined) return;
  throw new UserError("no-document", `${given} goes with a document, as in: disbatch run weather.yaml ${given} ...`);
}

/** An option that was given and means nothing for a document, and why. */
function uselessFor(settings: RunSettings): readonly [option: string, why: string] | undefined {
  const { resumeFrom, retry, forceResume, keepOpen, taskserver, taskcommand, lenient } = settings;
  const goesOn = "a later run goes on by itself where the last one came to";
  if (resumeFrom.length > 0) return ["-r", goesOn];
  if (retry) return ["-R", "a later run runs again by itself what failed"];
  if (forceResume) return ["--force-resume", goesOn];
  if (keepOpen) return ["--keep-open", "its tasks are what it says, and what its generators print"];
  if (taskserver !== undefined) return ["--taskserver", "its tasks are what it says, and what its generators print"];
  if (taskcommand !== undefined) return ["--taskcommand", "its tasks are what it says, and what its generators print"];
  return lenient ? ["--lenient", "it has no directives"] : undefined;
}

type Params = Readonly<Record<string, string>>;

function withParam(text: string, previous: Params | undefined): Params {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError("It must be NAME=VALUE.");
  return { ...previous, [name]: value };
}

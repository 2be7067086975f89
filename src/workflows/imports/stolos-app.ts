import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { KnownNames } from "../document/names.ts";
import { isObject } from "../document/schema-words.ts";
import type { Path } from "../document/tree.ts";
import type { ForeignTree, Placed } from "./foreign-tree.ts";
import { type Group, readGroups } from "./stolos-clauses.ts";
import { JobIdTemplate } from "./stolos-template.ts";
import { readAutofill, readValues, type ValueList } from "./stolos-values.ts";

/** An app of Stolos: a kind of work, whose jobs have ids. */
export interface App {
  readonly name: string;
  /** What its task is called. */
  readonly task: string;
  readonly path: Path;
  readonly template: JobIdTemplate;
  readonly autofill: ReadonlyMap<string, ValueList>;
  /** Undefined for an app that depends on nothing. */
  readonly groups: readonly Group[] | undefined;
  /** Values by identifier of which one is enough; undefined where all jobs are valid. */
  readonly valid: ReadonlyMap<string, ValueList> | undefined;
  readonly command: { readonly text: string; readonly path: Path } | undefined;
  readonly retries: number | undefined;
}

/** What people say beside the document, where Stolos has options or variables for it. */
export interface StolosOptions {
  /** The template of apps that have none, as `--job_id_default_template` gives it. */
  readonly jobIdTemplate?: string | undefined;
}

/** What means something to the core, and to jobs of the type bash. */
const KNOWN = [
  ...["job_id", "job_type", "depends_on", "valid_if_or", "autofill_values", "bash_cmd", "bash_opts", "max_retry"],
  "job_id_template",
];
/** What only a driver of Spark reads. */
const SPARK = new Set(["pymodule", "spark_conf", "env", "env_from_os", "uris"]);

/** Reads an app. Undefined, with mistakes, for one whose job ids cannot be known. */
export function readApp(
  [name, task]: readonly [name: string, task: string],
  placed: Placed,
  options: StolosOptions,
  foreign: ForeignTree,
): App | undefined {
  const words = new Map(foreign.object(placed));
  const about = ["tasks", task];
  tellUnknown([...words.keys()], placed.path, about, foreign);
  refuseType(words.get("job_type"), foreign);
  const template = readTemplate(words, placed.path, options, about, foreign);
  const autofill = template === undefined ? undefined : readAutofills(words.get("autofill_values"), template, foreign);
  const dependsOn = words.get("depends_on");
  const groups = dependsOn === undefined ? [] : readGroups(dependsOn, foreign);
  const valid = readValid(words.get("valid_if_or"), template, foreign);
  const command = readCommand(words, placed.path, about, foreign);
  const retries = readRetries(words.get("max_retry"), foreign);
  if (template === undefined || autofill === undefined) return undefined;
  return {
    ...{ name, task, template, autofill, valid, command, retries, path: placed.path },
    groups: groups.length === 0 ? undefined : groups,
  };
}

function tellUnknown(words: readonly string[], path: Path, about: Path, foreign: ForeignTree): void {
  for (const word of words) {
    if (KNOWN.includes(word)) continue;
    const where = [...path, word];
    if (SPARK.has(word)) {
      foreign.note(about, where, `${word} is left out: only jobs of the type pyspark have it`);
      continue;
    }
    const { message, hint } = new KnownNames(() => KNOWN).unknown("word", word, "Stolos takes no notice of it, either");
    foreign.note(about, where, `${message} is left out${hint === undefined ? "" : ` (${hint})`}`);
  }
}

function refuseType(placed: Placed | undefined, foreign: ForeignTree): void {
  if (placed === undefined || placed.value === "bash") return;
  const hint = 'write the command that does its work: {"job_type": "bash", "bash_cmd": "..."}';
  foreign.refuse(
    placed.path,
    `jobs of the type ${quoteWord(String(placed.value))} are done by a plugin of Stolos`,
    hint,
  );
}

function readTemplate(
  words: ReadonlyMap<string, Placed>,
  path: Path,
  { jobIdTemplate }: StolosOptions,
  about: Path,
  foreign: ForeignTree,
): JobIdTemplate | undefined {
  const own = words.get("job_id");
  const other = words.get("job_id_template");
  if (other !== undefined) {
    const text = own === undefined ? "is taken for job_id, as the README has it" : "is left out: job_id counts";
    foreign.note(about, other.path, `job_id_template ${text}; Stolos itself knows job_id alone`);
  }
  const placed = own ?? other;
  if (placed === undefined && jobIdTemplate === undefined) {
    const hint = "say the template of such apps: --job-id-template '{date}_{client_id}_{collection_name}'";
    foreign.refuse(path, '"job_id" is missing', hint, "key");
    return undefined;
  }
  const text = placed === undefined ? jobIdTemplate : foreign.text(placed);
  if (text === undefined) return undefined;
  const read = JobIdTemplate.read(text);
  if (read instanceof JobIdTemplate) return read;
  foreign.refuse(placed?.path ?? path, `the template ${quoteWord(text)} cannot be used: ${read}`);
  return undefined;
}

function readAutofills(
  placed: Placed | undefined,
  template: JobIdTemplate,
  foreign: ForeignTree,
): ReadonlyMap<string, ValueList> {
  const all = new Map<string, ValueList>();
  for (const [name, inner] of placed === undefined ? [] : foreign.object(placed)) {
    const list = readAutofill(inner, foreign);
    if (!template.identifiers.includes(name)) refuseIdentifier(name, inner.path, template, foreign);
    else if (list !== undefined) all.set(name, list);
  }
  return all;
}

/** Tells of a name that is no identifier of a template. */
function refuseIdentifier(name: string, path: Path, template: JobIdTemplate, foreign: ForeignTree): void {
  const names = new KnownNames(() => template.identifiers);
  const { message, hint } = names.unknown(`identifier of ${quoteWord(template.text)}`, name);
  foreign.refuse(path, message, hint, "key");
}

function readValid(
  placed: Placed | undefined,
  template: JobIdTemplate | undefined,
  foreign: ForeignTree,
): App["valid"] {
  if (placed === undefined || placed.value === null) return undefined;
  const valid = new Map<string, ValueList>();
  for (const [name, inner] of foreign.object(placed)) {
    if (name === "_func") {
      const hint = "write the values that it accepts, or have the command find out";
      foreign.refuse(
        inner.path,
        "a function of Python decides which jobs are valid, and nothing here can call it",
        hint,
      );
      continue;
    }
    const list = readValues(inner, foreign);
    if (template?.identifiers.includes(name) === false) refuseIdentifier(name, inner.path, template, foreign);
    else if (list !== undefined) valid.set(name, list);
  }
  return isObject(placed.value) ? valid : undefined;
}

function readCommand(
  words: ReadonlyMap<string, Placed>,
  path: Path,
  about: Path,
  foreign: ForeignTree,
): App["command"] {
  const [own, older] = [words.get("bash_cmd"), words.get("bash_opts")];
  if (own !== undefined && older !== undefined) {
    foreign.note(about, older.path, "bash_opts is left out: it is the older name of bash_cmd, which counts");
  }
  const placed = own ?? older;
  const text = placed === undefined ? undefined : foreign.text(placed);
  if (placed !== undefined && text !== undefined && text.trim() !== "") return { text, path: placed.path };
  if (placed === undefined || text !== undefined) {
    const hint = "what runners were given with --bash stands in no document: write it as bash_cmd";
    const isSpark = words.has("job_type") && words.get("job_type")?.value !== "bash";
    if (!isSpark) foreign.refuse(placed?.path ?? path, "has no command", hint, placed === undefined ? "key" : "value");
  }
  return undefined;
}

/** Stolos counts attempts that fail, and here those after the first are counted. */
function readRetries(placed: Placed | undefined, foreign: ForeignTree): number | undefined {
  if (placed === undefined) return undefined;
  const attempts = foreign.whole(placed);
  if (attempts === 0) foreign.refuse(placed.path, "must be 1 or more: so many attempts may fail");
  return attempts === undefined ? undefined : Math.max(0, attempts - 1);
}

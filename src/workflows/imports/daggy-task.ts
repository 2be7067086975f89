import { quoteWord } from "../../domain/spelling/quote-word.ts";
import type { Path } from "../document/tree.ts";
import type { ForeignTree, Placed } from "./foreign-tree.ts";
import { type Job, mergeJobs, NO_JOB, readJob } from "./daggy-job.ts";
import { type Dialect, TASK_WORDS, type TaskWord, wordsIn } from "./daggy-words.ts";

/** Letters of the name of a task, at most. */
const LONGEST_NAME = 200;

/** The name of another task, as a task says it. */
export interface Reference {
  readonly name: string;
  readonly path: Path;
}

/** A task of a Daggy document, as it stands there. */
export interface DaggyTask {
  readonly name: string;
  readonly path: Path;
  /** With the defaults of the document. */
  readonly job: Job;
  /** Without them. */
  readonly own: Job;
  readonly retries: number;
  /** Seconds. */
  readonly interval: number;
  readonly parents: readonly Reference[];
  readonly children: readonly Reference[];
  readonly isGenerator: boolean;
  /** Parameters of its own. */
  readonly parameters: Placed | undefined;
}

interface TaskSettings {
  readonly dialect: Dialect;
  readonly defaults: Job;
  /** What a task is called in our document. */
  readonly nameOf: (name: string) => string;
}

/** The dialect of these tasks: the words for what they run tell it. */
export function dialectOf(tasks: readonly (readonly [name: string, task: Placed])[]): Dialect {
  const has = (word: string): boolean =>
    tasks.some(([, { value }]) => typeof value === "object" && value !== null && word in value);
  return has("details") && !has("job") ? "rust" : "c";
}

/** Reads one task. */
export function readTask(
  name: string,
  placed: Placed,
  { dialect, defaults, nameOf }: TaskSettings,
  foreign: ForeignTree,
): DaggyTask {
  const { path } = placed;
  const about = ["tasks", nameOf(name)];
  checkName(name, path, foreign);
  const words = wordsIn(placed, TASK_WORDS, about, foreign);
  const whole = (word: TaskWord): number => {
    const found = words.get(word);
    return found === undefined ? 0 : (foreign.whole(found) ?? 0);
  };
  const own = ownJob(placed, words, about, foreign);
  if (words.get("interval")?.spelling === "retry") {
    foreign.note([...about, "retries"], words.get("interval")?.path ?? path, "retry is taken for retryIntervalSeconds");
  }
  const said = words.get("name");
  if (said !== undefined && said.value !== name)
    foreign.note(about, said.path, "a task is called by its key; name is left out");
  const job = mergeJobs(defaults, own);
  if (job.command === undefined) {
    const word = dialect === "c" ? "job" : "details";
    foreign.refuse(path, "has no command", `write ${word}: {"command": [...]}`, "key");
  }
  const generator = words.get("generator");
  return {
    ...{ name, path, job, own, retries: whole("retries"), interval: whole("interval") },
    parents: references(words.get("parents"), foreign),
    children: references(words.get("children"), foreign),
    isGenerator: generator !== undefined && foreign.truth(generator),
    parameters: words.get("parameters"),
  };
}

function ownJob(
  task: Placed,
  words: ReadonlyMap<TaskWord, Placed & { readonly spelling: string }>,
  about: Path,
  foreign: ForeignTree,
): Job {
  const job = words.get("job");
  const beside = words.get("jobWord");
  const within = job === undefined ? NO_JOB : readJob(job, about, foreign);
  if (beside === undefined) return within;
  if (within.command !== undefined) {
    foreign.refuse(beside.path, "the job has a command, too", "leave one of them out", "key");
  }
  foreign.note([...about, "command"], beside.path, `${beside.spelling} is taken as if it stood in job`);
  const outer = { value: { [beside.spelling]: beside.value }, path: task.path };
  return mergeJobs(within, readJob(outer, about, foreign));
}

function checkName(name: string, path: Path, foreign: ForeignTree): void {
  const isBad = name === "" || name.length > LONGEST_NAME || /[/[\]\p{Cc}\p{Cs}]/u.test(name);
  if (!isBad) return;
  const hint = `a name has 1 to ${LONGEST_NAME} letters, none of them a slash, a bracket or a control character`;
  foreign.refuse(path, `${quoteWord(name)} is no name of a task`, hint, "key");
}

function references(placed: Placed | undefined, foreign: ForeignTree): readonly Reference[] {
  const names = placed === undefined ? undefined : foreign.texts(placed);
  return (names ?? []).map((name, i) => ({ name, path: [...(placed?.path ?? []), i] }));
}

import { quoteWord } from "../../domain/spelling/quote-word.ts";
import type { Path } from "../document/tree.ts";
import type { ForeignTree, Placed } from "./foreign-tree.ts";
import { splitCommand } from "./split-command.ts";
import { JOB_WORDS, type JobWord, wordsIn } from "./daggy-words.ts";

/** A text of a job, in which parameters may stand. */
export interface JobText {
  readonly text: string;
  readonly path: Path;
}

/** A word of our task that comes from a job; no value is said to have none, whatever the defaults say. */
interface Term {
  readonly value: unknown;
  readonly path: Path;
}

/** What is to be run, and how: `job`, `details` or `jobDefaults`. */
export interface Job {
  readonly command: { readonly words: readonly JobText[]; readonly path: Path; readonly isSplit: boolean } | undefined;
  readonly environment: ReadonlyMap<string, JobText>;
  readonly workDir: JobText | undefined;
  readonly terms: ReadonlyMap<string, Term>;
}

export const NO_JOB: Job = { command: undefined, environment: new Map(), workDir: undefined, terms: new Map() };

const ENFORCED = "Daggy does not see to memory; here a task that uses more than this is ended";
const OWN_USER = "tasks run as the one who starts the run";
const NO_DISK = "nothing counts space on disks, so this is left out";
const NO_LOGS = "what tasks print is kept with the run, so this folder is left out";

/** Reads a job. @param about what notes are about in our document. */
export function readJob(placed: Placed, about: Path, foreign: ForeignTree): Job {
  const words = wordsIn(placed, JOB_WORDS, about, foreign);
  const found = (word: JobWord): Placed | undefined => words.get(word);
  const secret = words.get("secret");
  if (secret !== undefined) {
    const hint = "take it out; what tasks must know in secret, secrets of a document give them";
    foreign.refuse(secret.path, "a secret stands in the document, and would stand in records", hint, "key");
  }
  for (const [word, text] of [
    ["user", OWN_USER],
    ["tmpDisk", NO_DISK],
    ["tmpDir", NO_LOGS],
  ] as const) {
    const one = found(word);
    if (one !== undefined && Number(one.value) !== 0) foreign.note(about, one.path, text);
  }
  const workDir = found("workDir");
  const text = workDir === undefined ? undefined : foreign.text(workDir);
  const command = found("command");
  const environment = found("environment");
  return {
    command: command === undefined ? undefined : commandOf(command, foreign),
    environment: environment === undefined ? NO_JOB.environment : environmentOf(environment, foreign),
    workDir: workDir === undefined || text === undefined || text === "" ? undefined : { text, path: workDir.path },
    terms: termsOf(found, about, foreign),
  };
}

/** A job with what it lacks: it is looked up word by word, and in the environment variable by variable. */
export function mergeJobs(defaults: Job, own: Job): Job {
  return {
    command: own.command ?? defaults.command,
    environment: new Map([...defaults.environment, ...own.environment]),
    workDir: own.workDir ?? defaults.workDir,
    terms: new Map([...defaults.terms, ...own.terms]),
  };
}

/** All texts of a job in which parameters may stand. */
export function textsOf({ command, environment, workDir }: Job): readonly JobText[] {
  return [...(command?.words ?? []), ...environment.values(), ...(workDir === undefined ? [] : [workDir])];
}

function commandOf(placed: Placed, foreign: ForeignTree): Job["command"] {
  const { value, path } = placed;
  if (typeof value === "string") {
    const words = splitCommand(value);
    if (words === undefined) foreign.refuse(path, "a quote in it is not closed");
    else if (words.length === 0) foreign.refuse(path, "is an empty command");
    return { words: (words ?? []).map((text) => ({ text, path })), path, isSplit: true };
  }
  const words = foreign.texts(placed);
  if (words?.length === 0) foreign.refuse(path, "is an empty command");
  return { words: (words ?? []).map((text, i) => ({ text, path: [...path, i] })), path, isSplit: false };
}

function environmentOf(placed: Placed, foreign: ForeignTree): Job["environment"] {
  const variables = new Map<string, JobText>();
  if (!Array.isArray(placed.value)) {
    for (const [name, inner] of foreign.object(placed)) {
      const text = foreign.text(inner);
      if (text !== undefined) variables.set(name, { text, path: inner.path });
    }
    return variables;
  }
  for (const [i, entry] of (foreign.texts(placed) ?? []).entries()) {
    const path = [...placed.path, i];
    const [, name, text] = /^([^=]+)=(.*)$/s.exec(entry) ?? [];
    if (name === undefined || text === undefined) foreign.refuse(path, `${quoteWord(entry)} is not NAME=VALUE`);
    else variables.set(name, { text, path });
  }
  return variables;
}

function termsOf(found: (word: JobWord) => Placed | undefined, about: Path, foreign: ForeignTree): Job["terms"] {
  const terms = new Map<string, Term>();
  const add = (word: JobWord, ours: string, valueOf: (number: number) => unknown): void => {
    const placed = found(word);
    const number = placed === undefined ? undefined : foreign.whole(placed);
    if (placed === undefined || number === undefined) return;
    terms.set(ours, { value: number === 0 ? undefined : valueOf(number), path: placed.path });
  };
  add("cores", "cores", Number);
  add("memory", "memory", (number) => `${number}M`);
  add("priority", "priority", Number);
  add("timeout", "timeout", Number);
  const resources = found("resources");
  const others: Record<string, number> = {};
  for (const [name, amount] of resources === undefined ? [] : foreign.object(resources)) {
    const number = foreign.whole(amount);
    if (number === undefined) continue;
    const term = { value: number === 0 ? undefined : number, path: amount.path };
    if (name === "memory_mb") terms.set("memory", { ...term, value: number === 0 ? undefined : `${number}M` });
    else if (name === "cores") terms.set("cores", term);
    else if (name === "gpu" || name === "gpus") terms.set("gpus", term);
    else if (number > 0) others[name] = number;
  }
  if (resources !== undefined && Object.keys(others).length > 0) {
    terms.set("resources", { value: others, path: resources.path });
  }
  const memory = terms.get("memory");
  if (memory?.value !== undefined) foreign.note([...about, "memory"], memory.path, ENFORCED);
  return terms;
}

import type { GivenOption } from "../cli/command-line.ts";
import { commandWords, type ReadCommandWords, parseOptions } from "../cli/options.ts";
import { VERSION } from "../cli/version.ts";
import { UserError } from "../domain/errors.ts";
import { wordsOfFields } from "../domain/terms/fields.ts";
import { printable } from "../domain/printable.ts";
import type { RunSettings } from "../run/settings.ts";
import { similarWord } from "../domain/spelling/similar-word.ts";
import { DisBatchError, type InItsWords } from "./errors.ts";
import { inSettings } from "./in-settings.ts";
import { flagOf, isOption, KINDS, type OptionName } from "./setting-options.ts";
import type { DisBatcherSettings } from "./settings.ts";

const OWN_NAMES = ["name", "args", "program", "signal", "say"] as const;

/** Options of the command line that a program has no use for, by their shortest names. */
const NOT_HERE: readonly string[] = [
  ...["--progress", "--dry-run", "-g", "--requeue-resume", "--recover"],
  ...["--mailTo", "--mailFreq", "--smtp", "--smtp-password-file", "--on-failure", "--on-end"],
];
const TASKS_ELSEWHERE: readonly string[] = ["--taskserver", "--taskcommand"];

const NAME = "DisBatcher";
const LONGEST_NAME = 64;

/** Settings as a run takes them. */
export interface ReadSettings {
  readonly run: RunSettings & { readonly name: string };
  /** The options that say the same, which the run can be recovered by. */
  readonly args: readonly string[];
  readonly program: readonly [string, ...string[]] | undefined;
  readonly signal: AbortSignal | undefined;
  /** Missing where nobody wants to hear anything. */
  readonly say: ((message: string) => void) | undefined;
  /** A message about options, in the words that the program has used. */
  readonly inItsWords: InItsWords;
}

/**
 * Reads settings.
 *
 * @throws TypeError for a value of another type.
 * @throws DisBatchError for a setting that is unknown, a value that means nothing, or settings that contradict each other.
 */
export function readSettings(settings: DisBatcherSettings): ReadSettings {
  refuseNoSettings(settings);
  for (const name of Object.keys(settings)) refuseUnknown(name);
  const { name = NAME, args = [], program, signal, say } = settings;
  refuseName(name);
  if (!isTexts(args)) throw wrongType("args", "a list of texts");
  if (signal !== undefined && !isSignal(signal)) throw wrongType("signal", "an AbortSignal");
  if (say !== undefined && typeof say !== "function") throw wrongType("say", "a function");
  const given = Object.keys(settings)
    .filter(isOption)
    .filter((option) => settings[option] !== undefined);
  const options = optionsIn(args);
  const words = [
    ...options.flatMap(wordsOfOption),
    ...given.flatMap((option) => wordsOf(option, settings[option])),
    ...wordsOfTerms(given.filter((option) => KINDS[option] === "term").map((option) => [option, settings[option]])),
  ];
  const inItsWords: InItsWords = (message) =>
    inSettings(
      message,
      options.map(([flag]) => flag),
    );
  return {
    run: { ...runSettingsOf(words, inItsWords), name },
    args: [...words, "--keep-open"],
    program: commandOf(program),
    signal,
    // What it throws is not to come up in the middle of the run.
    say: say && ((message) => queueMicrotask(() => say(printable(message)))),
    inItsWords,
  };
}

/** @throws TypeError where these are no settings at all. */
export function refuseNoSettings(settings: unknown): void {
  if (typeof settings !== "object" || settings === null || Array.isArray(settings))
    throw new TypeError("the settings must be an object");
}

function refuseUnknown(name: string): void {
  const known = [...Object.keys(KINDS), ...OWN_NAMES];
  if (known.includes(name)) return;
  const bySpelling = new Map(known.map((word) => [word.toUpperCase(), word]));
  const plain = name.replaceAll("-", "");
  const meant = name === "sshNode" ? "hosts" : bySpelling.get(similarWord(plain, [...bySpelling.keys()]) ?? "");
  const hint = meant === undefined ? "" : ` (did you mean ${meant}?)`;
  throw new DisBatchError("unknown-setting", `there is no setting "${name}"${hint}`);
}

function refuseName(name: string): void {
  if (typeof name !== "string") throw wrongType("name", "a text");
  if (/^[^/\p{Cc}\p{Cs}]+$/u.test(name) && name.length <= LONGEST_NAME) return;
  const rule = `it becomes part of names of files, so it has 1 to ${LONGEST_NAME} characters and no /`;
  throw new DisBatchError("setting-refused", `setting name: ${rule}`);
}

/** The options of `args`, which are read for themselves: what one of them lacks is not to be taken from the other settings. */
function optionsIn(args: readonly string[]): readonly GivenOption[] {
  if (args.length === 0) return [];
  for (const word of args) refuseNoText("args", word);
  const { given, taskFile, template, shown } = readArgs(args);
  if (shown !== undefined) throw notHere("--help and --version");
  if (template !== undefined) throw notHere("the command each", "submit the lines instead");
  if (taskFile !== undefined) throw notHere(`the task file ${taskFile}`, "submit its lines instead");
  for (const [flag] of given) {
    if (NOT_HERE.includes(flag)) throw notHere(flag);
    if (TASKS_ELSEWHERE.includes(flag)) throw notHere(flag, "submit the lines instead");
  }
  return given;
}

function readArgs(args: readonly string[]): ReadCommandWords {
  try {
    return commandWords(args);
  } catch (error) {
    throw error instanceof UserError
      ? new DisBatchError(error.code, `args: ${error.message}`, { cause: error })
      : error;
  }
}

function wordsOfOption([flag, value]: GivenOption): string[] {
  return value === undefined ? [flag] : [flag, value];
}

/** The words of the command line that say the same. */
function wordsOf(name: OptionName, value: unknown): string[] {
  const words = plainWordsOf(name, value);
  for (const word of words) refuseNoText(name, word);
  return words;
}

function plainWordsOf(name: OptionName, value: unknown): string[] {
  const flag = flagOf(name);
  const kind = KINDS[name];
  switch (kind) {
    case "text":
      if (typeof value !== "string") throw wrongType(name, "a text");
      return [`${flag}=${value}`];
    case "amount":
      if (typeof value !== "string" && typeof value !== "number") throw wrongType(name, "a number or a text");
      return [`${flag}=${value}`];
    case "textOrYes":
      if (value === true) return [flag];
      if (value === false) return [];
      if (typeof value !== "string") throw wrongType(name, "true or a text");
      return [`${flag}=${value}`];
    case "texts": {
      const texts = typeof value === "string" ? [value] : value;
      if (!isTexts(texts)) throw wrongType(name, "a text or a list of texts");
      return texts.map((text) => `${flag}=${text}`);
    }
    case "number":
      if (typeof value !== "number") throw wrongType(name, "a number");
      return [`${flag}=${value}`];
    case "yes":
    case "no":
      if (typeof value !== "boolean") throw wrongType(name, "true or false");
      if (kind === "yes") return value ? [flag] : [];
      return value ? [] : [flag.replace("--", "--no-")];
    case "term":
      return [];
    case "amounts":
      if (typeof value !== "object" || value === null || Array.isArray(value))
        throw wrongType(name, "an object of amounts");
      return Object.entries(value).map(([resource, amount]) => `${flag}=${resource}=${String(amount)}`);
    case "variables":
      return variablesOf(value).map((variable) => `${flag}=${variable}`);
    default:
      return kind satisfies never;
  }
}

/** The words of the command line that say these terms. */
function wordsOfTerms(fields: ReadonlyArray<readonly [name: string, value: unknown]>): string[] {
  const read = wordsOfFields(Object.fromEntries(fields), () => false);
  if (read.kind === "mistake") throw new DisBatchError("setting-refused", `setting ${read.message} (${read.hint})`);
  return [...read.words].flatMap(([term, value]) => {
    if (term !== "retry-elsewhere") return [`--${term}=${value}`];
    return value === "yes" ? [`--${term}`] : [];
  });
}

function variablesOf(value: unknown): readonly string[] {
  if (isTexts(value)) return value;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrongType("env", "an object of texts, or a list of NAME and NAME=VALUE");
  return Object.entries(value).map(([name, text]) => {
    if (typeof text !== "string") throw wrongType(`env.${name}`, "a text");
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `${name}=${text}`;
    throw new DisBatchError("setting-refused", `setting env: "${name}" is no name of a variable`);
  });
}

function runSettingsOf(words: readonly string[], inItsWords: InItsWords): RunSettings {
  try {
    const request = parseOptions([...words, "--keep-open"], VERSION);
    if (request.type !== "run") throw new Error("the settings are those of no run");
    return request.settings;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new DisBatchError(error.code, inItsWords(error.message), { cause: error.cause });
  }
}

function refuseNoText(name: string, text: string): void {
  if (!text.includes("\0") && text.isWellFormed()) return;
  const what = text.includes("\0")
    ? "a NUL character, which no program can be given"
    : "half of a surrogate pair, which is no text";
  throw new DisBatchError("setting-refused", `setting ${name}: it has ${what}`);
}

function notHere(what: string, instead = "leave it out"): DisBatchError {
  return new DisBatchError("not-in-library", `args: ${what}: a program has no use for this; ${instead}`);
}

function commandOf(program: unknown): readonly [string, ...string[]] | undefined {
  if (program === undefined) return undefined;
  const words = typeof program === "string" ? [program] : program;
  const [first, ...others] = isTexts(words) ? words : [];
  if (first === undefined || first === "") throw wrongType("program", "a path, or a path and arguments");
  for (const word of [first, ...others]) refuseNoText("program", word);
  return [first, ...others];
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isSignal(value: unknown): value is AbortSignal {
  return typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value;
}

function wrongType(name: string, what: string): TypeError {
  return new TypeError(`setting ${name} must be ${what}`);
}

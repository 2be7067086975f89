import { parseOptions } from "../cli/options.ts";
import { VERSION } from "../cli/version.ts";
import { UserError } from "../domain/errors.ts";
import type { RunSettings } from "../run/settings.ts";
import { similarWord } from "../tasks/taskfile/similar-word.ts";
import { DisBatchError } from "./errors.ts";
import type { DisBatcherSettings } from "./settings.ts";

/** Settings that are options of the command line. */
type OptionName = Exclude<keyof DisBatcherSettings, "name" | "args" | "program" | "signal" | "say">;

/** What values of a setting may be. */
type Kind = "text" | "texts" | "number" | "yes" | "no" | "textOrYes" | "variables";

/** By setting: what it may be. A `no` is an option that begins with `--no-`. */
const KINDS: Readonly<Record<OptionName, Kind>> = {
  hosts: "texts",
  hostfile: "texts",
  tasksPerNode: "number",
  cpusPerTask: "number",
  envResource: "texts",
  contextTaskLimit: "number",
  label: "text",
  workdir: "text",
  threadEnv: "no",
  sshParallel: "number",
  sshTransport: "text",
  fill: "yes",
  minTimeLeft: "number",
  retire: "no",
  retireCmd: "text",
  env: "variables",
  envAll: "yes",
  startupOnly: "yes",
  waitForEngines: "yes",
  useAddress: "text",
  lease: "number",
  crashLimit: "number",
  engineRestarts: "number",
  onDriverLost: "text",
  drainTimeout: "number",
  prefix: "text",
  overwrite: "yes",
  statusHeader: "yes",
  logfile: "text",
  loglevel: "text",
  logFormat: "text",
  failFast: "yes",
  resumeFrom: "texts",
  retry: "yes",
  forceResume: "yes",
  lenient: "yes",
  kvsserver: "textOrYes",
  kvsOpen: "yes",
};

const OWN_NAMES = ["name", "args", "program", "signal", "say"] as const;

/** Options that have another name, or another spelling, than their settings. */
const FLAGS: Readonly<Partial<Record<OptionName, string>>> = {
  hosts: "--ssh-node",
  tasksPerNode: "--tasksPerNode",
  cpusPerTask: "--cpusPerTask",
};

/** Options of the command line that a program has no use for, by the words that they may be given by. */
const NOT_HERE = ["--progress", "--dry-run", "--gpu", "--requeue-resume", "--mailTo", "--on-failure", "--on-end"];

const NAME = "DisBatcher";
const LONGEST_NAME = 64;

/** Settings as a run takes them. */
export interface ReadSettings {
  readonly run: RunSettings & { readonly name: string };
  /** The options that say the same, which the run can be recovered by. */
  readonly args: readonly string[];
  readonly program: readonly [string, ...string[]] | undefined;
  readonly signal: AbortSignal | undefined;
  readonly say: (message: string) => void;
}

/**
 * Reads settings.
 *
 * @throws TypeError for a value of another type.
 * @throws DisBatchError for a setting that is unknown, a value that means nothing, or settings that contradict each other.
 */
export function readSettings(settings: DisBatcherSettings): ReadSettings {
  if (typeof settings !== "object" || settings === null) throw new TypeError("the settings must be an object");
  for (const name of Object.keys(settings)) refuseUnknown(name);
  const { name = NAME, args = [], program, signal, say = () => undefined } = settings;
  refuseName(name);
  if (!isTexts(args)) throw wrongType("args", "a list of texts");
  if (signal !== undefined && !isSignal(signal)) throw wrongType("signal", "an AbortSignal");
  if (typeof say !== "function") throw wrongType("say", "a function");
  const given = Object.keys(settings)
    .filter(isOption)
    .filter((option) => settings[option] !== undefined);
  const words = [...args, ...given.flatMap((option) => wordsOf(option, settings[option]))];
  return {
    run: { ...runSettingsOf(words, args.length > 0), name },
    args: [...words, "--keep-open"],
    program: commandOf(program),
    signal,
    // What it throws is not to come up in the middle of the run.
    say: (message) => queueMicrotask(() => say(message)),
  };
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
  if (/^[^/\p{Cc}]+$/u.test(name) && name.length <= LONGEST_NAME) return;
  const rule = `it becomes part of names of files, so it has 1 to ${LONGEST_NAME} characters and no /`;
  throw new DisBatchError("setting-refused", `setting name: ${rule}`);
}

function isOption(name: string): name is OptionName {
  return Object.hasOwn(KINDS, name);
}

/** The words of the command line that say the same. */
function wordsOf(name: OptionName, value: unknown): string[] {
  const flag = FLAGS[name] ?? `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const kind = KINDS[name];
  switch (kind) {
    case "text":
      if (typeof value !== "string") throw wrongType(name, "a text");
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
    case "variables":
      return variablesOf(value).map((variable) => `${flag}=${variable}`);
    default:
      return kind satisfies never;
  }
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

/** @param isByArgs some of the words are the user's own. */
function runSettingsOf(words: readonly string[], isByArgs: boolean): RunSettings {
  try {
    const request = parseOptions([...words, "--keep-open"], VERSION);
    if (request.type !== "run") throw notHere(request.type === "show" ? "--help and --version" : "--recover");
    const { settings, face } = request;
    const { taskFile, requeueResume } = settings;
    if (taskFile !== undefined) throw notHere(`the task file ${taskFile}`, "submit its lines instead");
    const { notices } = face;
    const isHere = [
      ...[face.progress !== "auto", face.dryRun, face.gpu, requeueResume, notices.mailTo !== undefined],
      ...[notices.onFailure !== undefined, notices.onEnd !== undefined],
    ];
    const which = NOT_HERE.find((_, i) => isHere[i]);
    if (which !== undefined) throw notHere(which);
    return settings;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.code === "two-task-sources") throw notHere("--taskserver and --taskcommand", "submit the lines instead");
    throw new DisBatchError(error.code, isByArgs ? error.message : inSettings(error.message), { cause: error.cause });
  }
}

function notHere(what: string, instead = "leave it out"): DisBatchError {
  return new DisBatchError("not-in-library", `args: ${what}: a program has no use for this; ${instead}`);
}

/** A message about options, in the words of settings. */
function inSettings(message: string): string {
  const byFlag = new Map(Object.entries(FLAGS).map(([name, flag]) => [flag, name]));
  const nameOf = (flag: string): string =>
    byFlag.get(flag) ?? flag.slice(2).replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return message.replaceAll(
    /option '(?:-\w, )?(--[\w-]+)[^']*'( argument)?/g,
    (_, flag: string, argument?: string) => `setting ${nameOf(flag)}${argument === undefined ? "" : ":"}`,
  );
}

function commandOf(program: unknown): readonly [string, ...string[]] | undefined {
  if (program === undefined) return undefined;
  const words = typeof program === "string" ? [program] : program;
  const [first, ...others] = isTexts(words) ? words : [];
  if (first === undefined || first === "") throw wrongType("program", "a path, or a path and arguments");
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

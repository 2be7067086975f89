import type { DisBatcherSettings } from "./settings.ts";

/** Settings that are options of the command line. */
export type OptionName = Exclude<keyof DisBatcherSettings, "name" | "args" | "program" | "signal" | "say">;

/** What values of a setting may be. */
type Kind = "text" | "texts" | "number" | "amount" | "yes" | "no" | "textOrYes" | "variables" | "term" | "amounts";

/** By setting: what it may be. A `no` is an option that begins with `--no-`. Terms are read together. */
export const KINDS: Readonly<Record<OptionName, Kind>> = {
  hosts: "texts",
  hostfile: "texts",
  tasksPerNode: "number",
  cpusPerTask: "number",
  envResource: "texts",
  bind: "text",
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
  cores: "term",
  memory: "term",
  gpus: "term",
  timeout: "term",
  minTime: "term",
  retries: "term",
  retryCores: "term",
  retryMemory: "term",
  retryTimeout: "term",
  resource: "amounts",
  engineResource: "amounts",
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
  timeoutSignal: "text",
  warn: "amount",
  warnSignal: "text",
  delay: "amount",
  maxLoad: "amount",
  minFreeMemory: "text",
  prefix: "text",
  overwrite: "yes",
  statusHeader: "yes",
  logfile: "text",
  loglevel: "text",
  logFormat: "text",
  failFast: "yes",
  halt: "text",
  maxFailuresPerEngine: "number",
  output: "text",
  outputLimit: "text",
  outputDir: "text",
  resumeFrom: "texts",
  retry: "yes",
  forceResume: "yes",
  lenient: "yes",
  kvsserver: "textOrYes",
  kvsOpen: "yes",
};

/** Options that have another name, or another spelling, than their settings. */
const FLAGS: Readonly<Partial<Record<OptionName, string>>> = {
  hosts: "--ssh-node",
  tasksPerNode: "--tasksPerNode",
  cpusPerTask: "--cpusPerTask",
};

/** Whether a word is the name of a setting that is an option. */
export function isOption(name: string): name is OptionName {
  return Object.hasOwn(KINDS, name);
}

/** The option of a setting, by its long name; without the `no-` of those that have it. */
export function flagOf(name: OptionName): string {
  return FLAGS[name] ?? `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

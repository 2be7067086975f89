import { createHash } from "node:crypto";
import type { Environment } from "../../domain/environment.ts";
import { namesParameter } from "../document/fingerprint.ts";
import { plainText } from "../document/placed-text.ts";
import type { Template } from "../document/workflow.ts";

/** Characters of a digest: the first half of a SHA-256. */
const LENGTH = 32;

/** What a task is given beside its files. */
export interface Given {
  /** Values of all parameters. */
  readonly params: Readonly<Record<string, string>>;
  /** The environment of the run. */
  readonly environment: Environment;
}

/**
 * What a template says that decides about what its instances make, as `Ingredients.said` has it. Values of axes stand in the name of
 * an instance, so that all instances of a template have the same. Of secrets only names count.
 *
 * @param lists names of inputs that are lists.
 */
export function saidOf(
  template: Template,
  lists: readonly string[],
  { params, environment }: Given,
): Readonly<Record<string, string>> {
  const { action, env, workdir, secrets, files } = template;
  const said: [part: string, digest: string][] = [["command", digest(commandOf(template))]];
  if (action.kind === "script" && action.shell !== undefined) said.push(["shell", digest(action.shell)]);
  if (workdir !== undefined) said.push(["workdir", digest(workdir)]);
  if (secrets.length > 0) said.push(["secrets", digest(secrets.toSorted())]);
  for (const [name, text] of Object.entries(env)) said.push([`env ${name}`, digest(text)]);
  for (const name of files?.cacheEnv ?? []) {
    const value = environment[name];
    if (name in env || secrets.includes(name) || value === undefined) continue;
    said.push([`env ${name}`, digest([value])]);
  }
  const texts = textsOf(template);
  for (const [name, value] of Object.entries(params)) {
    if (namesParameter(texts, name)) said.push([`param ${name}`, digest(value)]);
  }
  for (const name of lists) said.push([`input ${name}`, "list"]);
  return Object.fromEntries(said.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function commandOf({ action }: Template): unknown {
  if (action.kind === "none") return [];
  return action.kind === "script" ? ["run", action.script] : ["command", action.argv];
}

/** All that the shell or the program gets to see, except paths of files. */
function textsOf({ action, env, workdir }: Template): string {
  const texts = [...Object.values(env), ...(workdir === undefined ? [] : [workdir])];
  if (action.kind === "command") texts.push(...action.argv);
  const own = action.kind === "script" ? [action.script, ...(action.shell ?? [])] : [];
  return [...own, ...texts.map(plainText)].join("\n");
}

function digest(said: unknown): string {
  return createHash("sha256").update(JSON.stringify(said)).digest("hex").slice(0, LENGTH);
}

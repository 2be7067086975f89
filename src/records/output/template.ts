import { join, resolve } from "node:path";
import { UserError } from "../../domain/errors.ts";
import type { StreamName } from "../../domain/output.ts";

/** A million tasks make a thousand folders of a thousand tasks. */
const DEFAULT_NAME = "{thousand}/{id}.{stream}";
const IN_ONE_FOLDER = 1000;

const FIELDS = ["id", "thousand", "attempt", "stream"] as const;
type Field = (typeof FIELDS)[number];

/**
 * The template of the files that `--output-dir` means, as an absolute path.
 *
 * @param value a folder, or a path with fields such as `{id}`.
 * @param folder that paths are relative to.
 * @throws UserError `bad-output-dir`.
 */
export function outputTemplate(value: string, folder: string): string {
  if (value === "") throw bad("it is empty: name a folder");
  if (!value.includes("{")) return join(resolve(folder, value), DEFAULT_NAME);
  const names = [...value.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name);
  const unknown = names.find((name) => !isField(name));
  if (unknown !== undefined) {
    throw bad(`there is no {${unknown}}; there are ${FIELDS.map((name) => `{${name}}`).join(", ")}`);
  }
  if (/[{}]/.test(value.replaceAll(/\{[^{}]*\}/g, ""))) throw bad("a brace has no other to it");
  if (!names.includes("id")) throw bad("a template needs {id}: all tasks would write to one file");
  return resolve(folder, names.includes("stream") ? value : `${value}.{stream}`);
}

/** The path of one file. @param template as `outputTemplate` makes it. */
export function outputPath(template: string, file: { taskId: number; attempt: number; stream: StreamName }): string {
  const values: Readonly<Record<Field, string>> = {
    id: String(file.taskId),
    thousand: String(Math.floor(file.taskId / IN_ONE_FOLDER)),
    attempt: String(file.attempt),
    stream: file.stream === "stdout" ? "out" : "err",
  };
  return template.replaceAll(/\{([a-z]+)\}/g, (whole, name: string) => (isField(name) ? values[name] : whole));
}

function isField(name: string): name is Field {
  return FIELDS.some((field) => field === name);
}

function bad(why: string): UserError {
  return new UserError("bad-output-dir", `--output-dir: ${why}`);
}

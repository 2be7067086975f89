import { UserError } from "../../domain/errors.ts";
import type { Environment } from "../../domain/environment.ts";
import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { readSecretFile, reasonOf } from "../../files/own-file.ts";

/** Bytes; keys and tokens are far smaller. */
const MOST_BYTES = 16 << 20;

const LINE = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/;

/**
 * Values of secrets: those of the file count more than the environment.
 *
 * @param names of all secrets that tasks of the run are to get.
 * @param file `NAME=VALUE` a line; lines that are empty or begin with `#` say nothing.
 * @param mayNameFile whether the user can name such a file where none is named.
 * @throws UserError `secret-missing`, which names all that are missing; `secrets-unreadable` for a file that cannot be read, that others
 *   may read, or that says something else.
 */
export function secretsFor(
  names: readonly string[],
  env: Environment,
  file: string | undefined,
  mayNameFile = true,
): Readonly<Record<string, string>> {
  const inFile = file === undefined ? new Map<string, string>() : readSecrets(file);
  const missing: string[] = [];
  const found: [string, string][] = [];
  for (const name of new Set(names)) {
    const value = inFile.get(name) ?? env[name];
    if (value === undefined) missing.push(name);
    else found.push([name, value]);
  }
  if (missing.length === 0) return Object.fromEntries(found);
  const what = missing.length === 1 ? "the secret" : "the secrets";
  const are = missing.length === 1 ? "is" : "are";
  const how =
    file === undefined
      ? `export what is missing${mayNameFile ? ", or name a file with --secrets-file" : ", and recover once more"}`
      : `add what is missing to ${file}, or export it`;
  throw new UserError("secret-missing", `${what} ${missing.join(", ")} ${are} not set: ${how}`);
}

function readSecrets(file: string): Map<string, string> {
  const secrets = new Map<string, string>();
  for (const [number, line] of readLines(file).entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [, name, value] = LINE.exec(line) ?? [];
    // The line may hold a secret, and is not shown.
    if (name === undefined || value === undefined) {
      throw unreadable(file, `line ${number + 1} is not NAME=VALUE (a value is one line, as it stands)`);
    }
    // No variable can have it, and whoever says so when the task is started may show the value.
    if (value.includes("\0")) throw unreadable(file, `line ${number + 1} has a NUL, which no variable can have`);
    secrets.set(name, value);
  }
  return secrets;
}

function readLines(file: string): string[] {
  try {
    return readSecretFile(file, MOST_BYTES)
      .replace(/^\uFEFF/, "")
      .split(/\r?\n/);
  } catch (error) {
    throw unreadable(file, reasonOf(error), error);
  }
}

function unreadable(file: string, why: string, cause?: unknown): UserError {
  return new UserError("secrets-unreadable", `--secrets-file ${quoteWord(file)}: ${why}`, { cause });
}

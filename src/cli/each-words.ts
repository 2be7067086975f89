import { UserError } from "../domain/errors.ts";
import type { ListTemplate, ValueSource } from "../tasks/templates/list-template.ts";

/** The command that makes tasks from a template. */
export const EACH = "each";

/** What only `each` has to say, beside the options of a run. */
export interface EachOptions {
  readonly zip: boolean;
  readonly csv: readonly string[];
}

/** Words of GNU parallel that values follow, or files of values. */
const SEPARATORS: Readonly<Record<string, { readonly ofFiles: boolean; readonly isLinked: boolean }>> = {
  ":::": { ofFiles: false, isLinked: false },
  ":::+": { ofFiles: false, isLinked: true },
  "::::": { ofFiles: true, isLinked: false },
  "::::+": { ofFiles: true, isLinked: true },
};

/** `NAME=VALUES`. */
const NAMED = /^([\p{L}_][\p{L}\p{N}_-]*)=([^]*)$/u;

/** The words of a command line of `each`, so that no value behind `:::` is taken for an option. @param words behind `each`. */
export function guardValues(words: readonly string[]): readonly string[] {
  const at = words.findIndex(isSeparator);
  if (at === -1 || words.slice(0, at).includes("--")) return words;
  return [...words.slice(0, at), "--", ...words.slice(at)];
}

/**
 * The template that a command line gives.
 *
 * @param operands the command, and the sources of its values.
 * @throws UserError `bad-template`.
 */
export function templateOf([command, ...operands]: readonly string[], { zip, csv }: EachOptions): ListTemplate {
  if (command === undefined || isSeparator(command)) {
    const message =
      "name a command with places for values, as in: disbatch each './sim {n}' n=1..10 (see disbatch each --help)";
    throw new UserError("bad-template", message);
  }
  const first = operands.findIndex(isSeparator);
  const named = first === -1 ? operands : operands.slice(0, first);
  const positional = first === -1 ? [] : operands.slice(first);
  const columns = csv.map((path) => ({ kind: "csv", path }) as const);
  return { command, sources: [...columns, ...named.map(namedSource), ...positionalSources(positional)], isZipped: zip };
}

function isSeparator(word: string): boolean {
  return Object.hasOwn(SEPARATORS, word);
}

function namedSource(word: string): ValueSource {
  const [, name, text = ""] = NAMED.exec(word) ?? [];
  if (name === undefined) {
    const message = `${word}: values are given as NAME=VALUES; a command of several words stands in quotes, as one word`;
    throw new UserError("bad-template", message);
  }
  if (!text.startsWith("@")) return { kind: "list", name, text };
  const path = text.slice(1);
  if (path === "") throw new UserError("bad-values", `${word}: name a file of values behind the @`);
  return { kind: "named-lines", name, path };
}

/** @param words that begin with a separator, or none. */
function positionalSources(words: readonly string[]): ValueSource[] {
  const sources: ValueSource[] = [];
  for (let from = 0; from < words.length;) {
    const separator = words[from] ?? "";
    const { ofFiles = false, isLinked = false } = SEPARATORS[separator] ?? {};
    const next = words.findIndex((word, i) => i > from && isSeparator(word));
    const to = next === -1 ? words.length : next;
    const values = words.slice(from + 1, to);
    if (values.length === 0) {
      throw new UserError("bad-values", `there is no ${ofFiles ? "file" : "value"} behind ${separator}`);
    }
    if (ofFiles) sources.push(...values.map((path) => ({ kind: "lines", path, isLinked }) as const));
    else sources.push({ kind: "words", words: values, isLinked });
    from = to;
  }
  return sources;
}

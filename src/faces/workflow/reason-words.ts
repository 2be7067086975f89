import { plural } from "../../domain/plural.ts";
import { printable } from "../../domain/printable.ts";
import type { Change, ChangedPart, RunReason } from "../../domain/run-reason.ts";
import { shorten } from "../terminal/text.ts";

/** Changes that are told by name. */
const MOST_TOLD = 3;
/** Columns of a value that are shown. */
const LONGEST_VALUE = 40;

/** Why an instance runs: `because input raw, data/raw/2031-01-03.csv, changed`; `first run` for one that never has. */
export function reasonWords(reason: RunReason): string {
  switch (reason.kind) {
    case "never":
      return "first run";
    case "failed":
      return "because it had failed";
    case "forced":
      return "because it was forced";
    case "again":
      return `because ${reason.instance === undefined ? "something that it needs" : printable(reason.instance)} ran again`;
    case "changed":
      return `because ${changesWords(reason.changes)}`;
    default:
      return reason satisfies never;
  }
}

/** Some of the changes, and how many more there are: `code clean.py changed and param n changed from 3 to 4`. */
export function changesWords(changes: readonly Change[]): string {
  if (changes.length === 0) return "its task changed";
  const told = changes.slice(0, MOST_TOLD).map(changeWords);
  const more = changes.length - told.length;
  const all = more === 0 ? told : [...told, plural(more, "other change")];
  const last = all.pop() ?? "";
  return all.length === 0 ? last : `${all.join(", ")} and ${last}`;
}

/** Parts that a task has once. */
const PART_WORDS: Readonly<Record<ChangedPart, string>> = {
  command: "its command",
  shell: "its shell",
  workdir: "its workdir",
  code: "code",
  input: "input",
  output: "output",
  env: "env",
  param: "param",
  secrets: "its secrets",
  needs: "its needs",
  condition: "its condition",
  axes: "its axes",
  generates: "what it generates",
  record: "the record of what it was made from",
};
const HOW_WORDS: Readonly<Record<Change["how"], string>> = {
  changed: "changed",
  missing: "is missing",
  new: "is new",
  gone: "is gone",
  newer: "is newer",
};

function changeWords({ part, name, path, how, before, after }: Change): string {
  const file = path === undefined ? undefined : printable(path);
  const named = name === undefined || name === path ? undefined : printable(name);
  const what = [PART_WORDS[part], named ?? file].filter((word) => word !== undefined).join(" ");
  const apposition = named === undefined || file === undefined ? "" : `, ${file},`;
  const values =
    before === undefined || after === undefined ? "" : ` from ${valueWords(before)} to ${valueWords(after)}`;
  return `${what}${apposition} ${howWords(part, how)}${values}`;
}

/** Parts that are many of something. */
const MANY: ReadonlySet<ChangedPart> = new Set(["secrets", "needs", "axes"]);

function howWords(part: ChangedPart, how: Change["how"]): string {
  const words = HOW_WORDS[how];
  return MANY.has(part) ? words.replace(/^is /, "are ") : words;
}

function valueWords(value: string): string {
  return value === "" ? '""' : shorten(value, LONGEST_VALUE);
}

import type { Ending } from "./ending.ts";

/** Characters of a kind's text at most: enough to tell kinds apart, and a row that can be read. */
const LONGEST = 200;

/** What varies from task to task though the failure is the same, the longest forms first. */
const VARYING = [
  // Names in quotes: files, tasks, keys.
  /'[^'\n]*'|"[^"\n]*"|`[^`'\n]*[`']|\u2018[^\u2019\n]*\u2019/g,
  // UUIDs, hashes and addresses.
  /\b0x[0-9a-fA-F]+\b/g,
  /\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b/g,
  /\b(?=[0-9a-fA-F]*[0-9])[0-9a-fA-F]{8,}\b/g,
  // Numbers, also in paths and names: `node07`, `/data/12/x3.h5`, `1.5e-3`.
  /[0-9]+(?:[.,:][0-9]+)*(?:[eE][-+]?[0-9]+)?/g,
];

/**
 * What failures of one kind have in common: the first line of error output that is not blank, with numbers, hexadecimal digits
 * and quoted names replaced by `#`. The text may hold control characters, as tasks wrote it.
 *
 * @param snippet what the status file keeps of the task's standard error.
 */
export function failureText(snippet: string): string {
  const line = firstLine(snippet);
  return VARYING.reduce((text, pattern) => text.replace(pattern, "#"), line).slice(0, LONGEST);
}

/** What is the same for all failures of one kind, and different for others. */
export function failureKey(ending: Ending, text: string): string {
  return `${endingKey(ending)}\n${text}`;
}

function endingKey(ending: Ending): string {
  switch (ending.type) {
    case "exited":
      return `exited ${ending.code}`;
    case "signalled":
      return `signalled ${ending.signal}`;
    case "not-started":
      return `not-started ${ending.errno}`;
    default:
      return ending.type;
  }
}

function firstLine(snippet: string): string {
  for (const line of snippet.split(/[\n\r]/)) {
    const text = line.trim();
    if (text !== "") return text;
  }
  return "";
}

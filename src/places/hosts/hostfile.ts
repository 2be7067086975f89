import { decodeBytes, encodeText } from "../../domain/bytes.ts";
import { type Diagnostic, MOST_LISTED, UserError } from "../../domain/errors.ts";
import { parseHostPattern } from "./host-pattern.ts";
import { type ListedHosts, parseCount, splitCount } from "./node-list.ts";

/** A word of other launchers that means nothing here: the most that may be used, where `slots` says what is used. */
const WITHOUT_MEANING = /^max[-_]slots=[0-9]+$/;

/** A mistake in a line, and where in it. */
interface LineMistake {
  readonly mistake: string;
  /** Counted from 0, in UTF-16 code units. */
  readonly at: number;
}

/**
 * Reads a host file: one host a line, as `HOST`, `HOST:COUNT` (MPICH) or `HOST slots=COUNT` (Open MPI). A host without a count
 * has one core, since the node files of PBS repeat it for each. `#` begins a comment.
 *
 * @param file its name, for messages.
 * @throws UserError with all mistakes, or when the file names no host.
 */
export function parseHostfile(bytes: Uint8Array, file: string): readonly ListedHosts[] {
  const listed: ListedHosts[] = [];
  const mistakes: Diagnostic[] = [];
  for (const [i, line] of decodeBytes(bytes).split("\n").entries()) {
    const hosts = parseLine(line);
    if (hosts === undefined) continue;
    if ("mistake" in hosts) mistakes.push(diagnosticOf(hosts, { file, line, number: i + 1 }));
    else listed.push(hosts);
    if (mistakes.length === MOST_LISTED) break;
  }
  if (mistakes.length > 0) {
    const message = `${file}: mistakes in the list of hosts, nothing was run`;
    throw new UserError("bad-hostfile", message, { diagnostics: mistakes });
  }
  if (listed.length === 0)
    throw new UserError("bad-hostfile", `--hostfile ${file}: names no host; write one on each line`);
  return listed;
}

/** Reads one line. @returns undefined when it names no host. */
function parseLine(line: string): ListedHosts | LineMistake | undefined {
  const [first, ...others] = [...line.split("#", 1).join().matchAll(/\S+/g)];
  if (first === undefined) return undefined;
  const [host, count] = splitCount(first[0]);
  const hosts = parseHostPattern(host);
  if ("mistake" in hosts) return { ...hosts, at: first.index + hosts.at };
  const counts: Array<{ text: string; at: number }> = [];
  if (count !== undefined) counts.push({ text: count, at: first.index + host.length + 1 });
  for (const { 0: word, index } of others) {
    if (WITHOUT_MEANING.test(word)) continue;
    if (!word.startsWith("slots=")) return { mistake: "write HOST, HOST:COUNT or HOST slots=COUNT", at: index };
    counts.push({ text: word.slice("slots=".length), at: index + "slots=".length });
  }
  const [said, again] = counts;
  if (said === undefined) return { hosts, count: 1 };
  if (again !== undefined) return { mistake: "a second number of cores for the same host", at: again.at };
  const number = parseCount(said.text);
  return number === undefined
    ? { mistake: "write a whole number of cores, 1 or more", at: said.at }
    : { hosts, count: number };
}

function diagnosticOf(
  { mistake, at }: LineMistake,
  { file, line, number }: { readonly file: string; readonly line: string; readonly number: number },
): Diagnostic {
  const place = { file, line: number, column: encodeText(line.slice(0, at)).length + 1 };
  return { code: "bad-host", severity: "error", place, message: mistake };
}

import { isIPv6 } from "node:net";

/** Hosts as users write them, `[user@]HOST`, where HOST may stand for many: `rack[1-2]n[01-04,8]`. */
export interface HostPattern {
  /** Undefined when the text names none. */
  readonly user: string | undefined;
  readonly parts: readonly HostPart[];
}

/** Text that all of its hosts have in common, or the numbers in which they differ. */
type HostPart = string | readonly NumberRange[];

interface NumberRange {
  readonly first: number;
  readonly last: number;
  /** Digits at the least: shorter numbers are filled up with zeros. */
  readonly width: number;
}

/** Why a text is no host, and where in it. */
export interface HostMistake {
  readonly mistake: string;
  /** Counted from 0, in UTF-16 code units. */
  readonly at: number;
}

/** The longest name that DNS knows. */
const LONGEST_NAME = 253;

const FOREIGN_IN_USER = /[^\p{L}\p{M}\p{N}_.+@-]/u;
const FOREIGN_IN_HOST = /[^\p{L}\p{M}\p{N}_.-]/u;
const RANGE = /^([0-9]{1,9})(?:-([0-9]{1,9}))?$/;
const PART = /([^[\]]+)|\[([^[\]]*)\]/y;

/**
 * Takes `[user@]HOST` apart. Names go into arguments, into files' names and onto terminals, so they may hold letters,
 * digits and a few harmless characters only.
 */
export function parseHostPattern(text: string): HostPattern | HostMistake {
  const at = text.lastIndexOf("@");
  const user = at === -1 ? undefined : text.slice(0, at);
  const host = text.slice(at + 1);
  const inUser = user === undefined ? undefined : mistakeIn("user", user, FOREIGN_IN_USER);
  if (inUser !== undefined) return inUser;
  const parts = host.startsWith("[") && host.includes(":") ? parseAddress(host) : parseName(host);
  if ("mistake" in parts) return { ...parts, at: at + 1 + parts.at };
  return { user, parts };
}

/** All host names that a pattern stands for; the first of its numbers changes last. */
export function* hostNames({ parts }: Pick<HostPattern, "parts">): Generator<string> {
  yield* namesFrom("", parts);
}

function* namesFrom(beginning: string, [part, ...others]: readonly HostPart[]): Generator<string> {
  if (part === undefined) {
    yield beginning;
    return;
  }
  for (const text of textsOf(part)) yield* namesFrom(beginning + text, others);
}

function* textsOf(part: HostPart): Generator<string> {
  if (typeof part === "string") {
    yield part;
    return;
  }
  for (const { first, last, width } of part) {
    for (let n = first; n <= last; n++) yield String(n).padStart(width, "0");
  }
}

/** An IPv6 address in brackets, which a range is not, since that has no colon. */
function parseAddress(host: string): readonly HostPart[] | HostMistake {
  const address = host.endsWith("]") ? host.slice(1, -1) : "";
  const [, zone] = /%(.*)$/s.exec(address) ?? [];
  if (!isIPv6(address) || (zone !== undefined && !/^[A-Za-z0-9_.-]+$/.test(zone))) {
    return { mistake: "what stands in the brackets is no IPv6 address", at: 0 };
  }
  return [address];
}

function parseName(host: string): readonly HostPart[] | HostMistake {
  if (host === "") return { mistake: "the name of the host is missing", at: 0 };
  const parts: HostPart[] = [];
  for (let at = 0; at < host.length;) {
    PART.lastIndex = at;
    const [whole, text, numbers = ""] = PART.exec(host) ?? [];
    if (whole === undefined) return { mistake: "its brackets do not match", at };
    const part = text ?? parseNumbers(numbers);
    if (part === undefined) return { mistake: "write numbers in the brackets, such as [01-16] or [1,3-5]", at };
    const mistake = text === undefined ? undefined : mistakeIn("host", text, FOREIGN_IN_HOST, at > 0);
    if (mistake !== undefined) return { ...mistake, at: at + mistake.at };
    parts.push(part);
    at += whole.length;
  }
  // Many numbers in brackets may take more room than any of the names.
  if (parts.reduce((length, part) => length + longestText(part), 0) > LONGEST_NAME)
    return { mistake: `no host has a name of more than ${LONGEST_NAME} characters`, at: 0 };
  return parts;
}

function longestText(part: HostPart): number {
  if (typeof part === "string") return part.length;
  return part.reduce((most, { last, width }) => Math.max(most, width, String(last).length), 0);
}

function parseNumbers(text: string): readonly NumberRange[] | undefined {
  const ranges: NumberRange[] = [];
  for (const item of text.split(",")) {
    const [, from, to = from] = RANGE.exec(item) ?? [];
    if (from === undefined || Number(from) > Number(to)) return undefined;
    ranges.push({ first: Number(from), last: Number(to), width: from.startsWith("0") ? from.length : 0 });
  }
  return ranges;
}

function mistakeIn(of: "user" | "host", name: string, foreign: RegExp, within = false): HostMistake | undefined {
  if (name === "") return { mistake: `the name of the ${of} is missing`, at: 0 };
  // Such a name could be taken for an option.
  if (!within && /^[-.]/.test(name)) return { mistake: `no name of a ${of} begins with "${name.slice(0, 1)}"`, at: 0 };
  const at = name.search(foreign);
  if (at === -1) return undefined;
  const character = String.fromCodePoint(name.codePointAt(at) ?? 0);
  if (character === ":") {
    return { mistake: "IPv6 addresses stand in brackets, and ports in the ssh configuration", at };
  }
  return { mistake: `no name of a ${of} has ${nameOf(character)} in it`, at };
}

function nameOf(character: string): string {
  if (/\s/.test(character)) return "a blank";
  return /[\p{C}\p{Z}]/u.test(character) ? "an invisible character" : `the character ${character}`;
}

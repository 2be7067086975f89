/** The name of an instance, or of several when some axes are left out: `clean[day=2031-01-03,region=north]`. */
export interface InstanceName {
  readonly task: string;
  /** By name of axis, in the order in which they were named. */
  readonly values: ReadonlyMap<string, string>;
}

/** What most values are: that they stand without quotes is seen sooner. */
const USUAL = /^[\w.+:/-]+$/;
/** What stands without quotes: nothing that has a meaning in a name, no blank, no control character. */
const PLAIN = /^[^\s,=[\]"'\\\p{C}\p{Z}]+$/u;
/** Characters that are written by number, between quotes, too: with them a name could not stand between single quotes, or not be seen. */
const BY_NUMBER = /['\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * The name of an instance. Values with blanks, commas, brackets and the like stand in double quotes, with the escapes of JSON.
 * No name has a single quote or a control character in it, so that each may be put between single quotes for a shell.
 */
export function printName(task: string, values: Iterable<readonly [axis: string, value: string]>): string {
  let pairs = "";
  for (const [axis, value] of values) pairs += `${pairs === "" ? "" : ","}${axis}=${printValue(value)}`;
  return pairs === "" ? task : `${task}[${pairs}]`;
}

function printValue(value: string): string {
  if (USUAL.test(value) || PLAIN.test(value)) return value;
  return JSON.stringify(value).replace(BY_NUMBER, byNumber);
}

function byNumber(character: string): string {
  return Array.from({ length: character.length }, (_, i) => {
    return `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  }).join("");
}

/** Reads `AXIS=VALUE`, up to the comma or bracket behind it. */
const PAIR = /\s*([^\s,=[\]"']+)\s*=\s*("(?:[^"\\]|\\.)*"|[^,\]"]*?)\s*([,\]])/suy;

/** A task's name is that of its template, and then the values of its axes in brackets. */
export function templateIn(name: string): string {
  const bracket = name.indexOf("[");
  return bracket < 0 ? name : name.slice(0, bracket);
}

/** The parts of a name as people type it: axes in any order, blanks around commas. Undefined for a text that is no name. */
export function parseName(text: string): InstanceName | undefined {
  const task = templateIn(text);
  if (task === "") return undefined;
  const values = new Map<string, string>();
  if (task === text) return { task, values };
  PAIR.lastIndex = task.length + 1;
  for (;;) {
    const [, axis, written, end] = PAIR.exec(text) ?? [];
    if (axis === undefined || written === undefined || values.has(axis)) return undefined;
    const value = parseValue(written);
    if (value === undefined) return undefined;
    values.set(axis, value);
    if (end === "]") return PAIR.lastIndex === text.length ? { task, values } : undefined;
  }
}

function parseValue(written: string): string | undefined {
  if (!written.startsWith('"')) return written === "" ? undefined : written;
  try {
    return String(JSON.parse(written));
  } catch {
    return undefined;
  }
}

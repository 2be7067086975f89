import { exactSize, readDuration, readSize } from "./amounts.ts";
import { RETRY_KINDS, type RetryCause } from "./retry-rules.ts";

/** What one word of terms may be set to. */
export interface Word {
  /** The value in the one way that records have it; undefined for what means nothing. */
  canonical(value: string): string | undefined;
  /** What the value must be, for people. */
  readonly must: string;
  /** What somebody may have meant who has written a value that means nothing. */
  guess?(value: string): string;
}

/** No machine has more of anything that is counted. */
export const MOST_COUNT = 1_000_000;
/** Nothing takes longer: ten years, in seconds. */
export const MOST_SECONDS = 315_360_000;
/** Durations are told apart by milliseconds. */
const MILLI = 1000;
const MOST_RETRIES = 1_000_000;
const MOST_FACTOR = 1_000;
const MOST_EXIT_CODE = 255;
/** Parts of a core that are told apart. */
export const CORE_PARTS = 100;

const duration = (least: number, must: string): Word => ({
  must,
  guess: (value) => value.replace(/([dhms])[a-z]+$/i, "$1"),
  canonical: (value) => {
    const exact = readDuration(value);
    const seconds = exact === undefined ? Number.NaN : Math.round(exact * MILLI) / MILLI;
    return seconds >= least && seconds <= MOST_SECONDS ? String(seconds) : undefined;
  },
});

const whole = (least: number, most: number, must: string): Word => ({
  must,
  canonical: (value) => {
    const number = Number(value);
    return /^-?[0-9]+$/.test(value) && number >= least && number <= most ? String(number) : undefined;
  },
});

const decimal = (least: number, most: number, must: string): Word => ({
  must,
  canonical: (value) => {
    const number = Number(value);
    const canonical = String(number);
    // What is that small would be written with an exponent.
    const isPlain = /^[0-9]*\.?[0-9]+$/.test(value) && !canonical.includes("e");
    return isPlain && number >= least && number <= most ? canonical : undefined;
  },
});

const SIZE: Word = {
  must: "a size with its unit, such as 8G or 512M",
  guess: (value) => (/^[0-9.]+$/.test(value) ? `${value}G` : value.replace(/([kmgtp])[a-z]+$/i, "$1").toUpperCase()),
  canonical: (value) => {
    const bytes = readSize(value);
    return bytes === undefined || bytes === 0 ? undefined : exactSize(bytes);
  },
};

const FACTOR: Word = {
  must: `x and a number, 1 to ${MOST_FACTOR}, such as x2`,
  guess: (value) => `x${value.replace(/[x*]/gi, "")}`,
  canonical: (value) => {
    const number = Number(value.slice(1));
    return /^x[0-9]*\.?[0-9]+$/.test(value) && number >= 1 && number <= MOST_FACTOR ? `x${number}` : undefined;
  },
};

/** The words of terms, in the order in which records have them. Named resources follow them, by their names. */
export const WORDS = {
  cores: {
    must: `a number of cores, 1/${CORE_PARTS} at the least, such as 4 or 0.5`,
    canonical: (value) => {
      const cores = decimal(0, MOST_COUNT, "").canonical(value);
      const parts = Math.round(Number(cores) * CORE_PARTS);
      return cores === undefined || parts === 0 ? undefined : String(parts / CORE_PARTS);
    },
  },
  memory: SIZE,
  gpus: whole(0, MOST_COUNT, "a whole number from 0 on"),
  timeout: duration(0.001, "a duration, such as 90s, 30m or 2h"),
  "min-time": duration(0, "a duration, such as 30m or 2h"),
  retries: whole(0, MOST_RETRIES, `a whole number, 0 to ${MOST_RETRIES}`),
  "retry-on": {
    must: `exit codes, ranges of them such as 74-84, ${RETRY_KINDS.join(", ")}; commas between them`,
    canonical: (value) => (readCauses(value) === undefined ? undefined : value.toLowerCase()),
  },
  "retry-delay": duration(0, "a duration, such as 10s"),
  "retry-backoff": decimal(1, MOST_FACTOR, `a number, 1 to ${MOST_FACTOR}, such as 2`),
  "retry-limit": duration(0, "a duration, such as 10m"),
  "retry-elsewhere": {
    must: "yes or no",
    guess: (value) => (/^(?:|1|on|true|y)$/i.test(value) ? "yes" : "no"),
    canonical: (value) => (/^(?:yes|no)$/i.test(value) ? value.toLowerCase() : undefined),
  },
  "retry-cores": FACTOR,
  "retry-memory": FACTOR,
  "retry-timeout": FACTOR,
  context: {
    must: "a label of letters, digits and _ . -",
    canonical: (value) => (/^[A-Za-z0-9_.-]{1,64}$/.test(value) ? value : undefined),
  },
  priority: whole(-MOST_COUNT, MOST_COUNT, `a whole number, ${-MOST_COUNT} to ${MOST_COUNT}`),
} as const satisfies Readonly<Record<string, Word>>;

export type TermName = keyof typeof WORDS;
export const TERM_NAMES: readonly TermName[] = Object.keys(WORDS).filter(isTermName);

/** A resource that has a name of its own is an amount, or a size. */
export const RESOURCE_NAME = /^[a-z][a-z0-9_-]{0,63}$/;

export const RESOURCE: Word = {
  must: "a number or a size, such as 2 or 100G",
  canonical: (value) => {
    const size = SIZE.canonical(value);
    return size ?? decimal(0, Number.MAX_SAFE_INTEGER, "").canonical(value);
  },
};

/** Whether the name is one of those, and no resource's. */
export function isTermName(name: string): name is TermName {
  return Object.hasOwn(WORDS, name);
}

/** The rule for this word, or undefined where there is none. @param isResource whether the name is a resource's. */
export function wordOf(name: string, isResource: (name: string) => boolean): Word | undefined {
  if (isTermName(name)) return WORDS[name];
  return RESOURCE_NAME.test(name) && isResource(name) ? RESOURCE : undefined;
}

/** What a value must be that means nothing, for people, with what may have been meant. */
export function ruleFor(word: Word, value: string): string {
  const guess = word.guess?.(value);
  const isGuess = guess !== undefined && word.canonical(guess) !== undefined;
  return isGuess ? `${word.must}; did you mean ${guess}?` : word.must;
}

/** Causes of retries, as `retry-on` has them. */
export function readCauses(text: string): RetryCause[] | undefined {
  const causes = text.toLowerCase().split(",").map(readCause);
  return causes.some((cause) => cause === undefined) ? undefined : causes.filter((cause) => cause !== undefined);
}

function readCause(text: string): RetryCause | undefined {
  const kind = RETRY_KINDS.find((known) => known === text);
  if (kind !== undefined) return kind;
  const [, first, last = first] = /^([0-9]{1,3})(?:-([0-9]{1,3}))?$/.exec(text) ?? [];
  if (first === undefined) return undefined;
  const range = [Number(first), Number(last)] as const;
  return range[0] >= 1 && range[0] <= range[1] && range[1] <= MOST_EXIT_CODE ? range : undefined;
}

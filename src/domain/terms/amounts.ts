/** Amounts as people write them, and the one way in which records have them. Each reader returns undefined for what means nothing. */

const KIBI = 1024;
/** Powers of 1024, as Slurm and most programs that take a size have it. */
const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  K: KIBI,
  M: KIBI ** 2,
  G: KIBI ** 3,
  T: KIBI ** 4,
  P: KIBI ** 5,
};
const FROM_THE_LARGEST = Object.entries(SIZE_UNITS).toReversed();
const SIZE = /^([0-9]+(?:\.[0-9]+)?)([BKMGTP])(?:I?B)?$/i;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DURATION_UNITS = [24 * HOUR, HOUR, MINUTE, 1] as const;
const DURATION =
  /^(?:([0-9]+(?:\.[0-9]+)?)d)?(?:([0-9]+(?:\.[0-9]+)?)h)?(?:([0-9]+(?:\.[0-9]+)?)m)?(?:([0-9]+(?:\.[0-9]+)?)s?)?$/i;
const CLOCK = /^([0-9]+):([0-5][0-9]):([0-5][0-9])$/;

/** Bytes of a size such as `8G`, `512MiB` or `1.5t`; a number alone has no unit, and means nothing. */
export function readSize(text: string): number | undefined {
  const match = SIZE.exec(text);
  const scale = match === null ? undefined : SIZE_UNITS[match[2]?.toUpperCase() ?? ""];
  if (scale === undefined) return undefined;
  const bytes = Math.round(Number(match?.[1]) * scale);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** A size in the largest unit that tells it exactly. `readSize` reads it again. @param bytes a whole number. */
export function exactSize(bytes: number): string {
  for (const [unit, scale] of FROM_THE_LARGEST)
    if (bytes >= scale && bytes % scale === 0) return `${bytes / scale}${unit}`;
  return `${bytes}B`;
}

/** Characters of an exact size that people still read at a glance. */
const SHORT = 6;

/** A size for people, in a unit that suits it: exact where that is short, such as `100G`; else rounded down, such as `23.5G`. */
export function roundSize(bytes: number): string {
  const exact = exactSize(bytes);
  const [unit, scale] = FROM_THE_LARGEST.find(([, size]) => bytes >= size) ?? ["B", 1];
  return exact.length <= SHORT ? exact : `${Math.floor((bytes / scale) * 10) / 10}${unit}`;
}

/** Seconds of a duration such as `90`, `2h`, `1h30m`, `1.5d` or `1:30:00`. */
export function readDuration(text: string): number | undefined {
  const clock = CLOCK.exec(text);
  if (clock !== null) return Number(clock[1]) * HOUR + Number(clock[2]) * MINUTE + Number(clock[3]);
  const parts = text === "" ? null : DURATION.exec(text);
  if (parts === null) return undefined;
  return DURATION_UNITS.reduce((seconds, scale, index) => seconds + Number(parts[index + 1] ?? 0) * scale, 0);
}

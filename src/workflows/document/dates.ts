const DAY = 86_400_000;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Days since 1970-01-01 of a date `YYYY-MM-DD`; undefined for what is none. */
export function dayOf(text: string): number | undefined {
  if (!DATE.test(text)) return undefined;
  const time = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(text)) return undefined;
  return time / DAY;
}

/** The date, `YYYY-MM-DD`, of so many days since 1970-01-01; those before the year 0 and after 9999 are none. */
export function dateOf(day: number): string {
  const time = day * DAY;
  return Math.abs(time) > 8.64e15 ? String(day) : new Date(time).toISOString().slice(0, -14);
}

/** A moment such as `2031-01-03T12:00`, with or without seconds and zone. */
export function isDateTime(text: string): boolean {
  const [, date = "", time] =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?:Z|[+-]\d{2}:?\d{2})?$/.exec(text) ?? [];
  if (time === undefined || dayOf(date) === undefined) return false;
  const [hours, minutes, seconds = 0] = time.split(":").map(Number);
  return (hours ?? 99) < 24 && (minutes ?? 99) < 60 && seconds < 61;
}

const MS_IN_A_DAY = 86_400_000;

/** Days since 1970-01-01 of a date such as `2031-01-03`; NaN for a text that is none. */
export function dayNumber(text: string): number {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return Number.NaN;
  const day = Date.parse(`${text}T00:00:00Z`) / MS_IN_A_DAY;
  return dayText(day) === text ? day : Number.NaN;
}

/** The date of a day, as `YYYY-MM-DD`. Empty for a day that no calendar has. */
export function dayText(day: number): string {
  const date = new Date(day * MS_IN_A_DAY);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, 10);
}

/** Marks of a time axis, by the clock of whoever looks. */

/** Seconds from mark to mark: what people count in. */
const STEPS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
  10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_419_200, 7_257_600, 31_536_000,
] as const;

export interface TimeTick {
  /** Unix time. */
  readonly at: number;
  readonly label: string;
}

/** At most `most` marks between two times. Marks of an hour and more stand at full hours and days of the local clock. */
export function timeTicks(from: number, to: number, most: number): TimeTick[] {
  const span = to - from;
  if (!(span > 0) || most < 1) return [];
  const step = STEPS.find((each) => span / each <= most) ?? span;
  const shift = new Date(from * 1000).getTimezoneOffset() * 60;
  const ticks: TimeTick[] = [];
  const first = Math.ceil((from - shift) / step - 1e-9);
  for (let i = first; ticks.length <= most; i++) {
    const at = i * step + shift;
    if (at > to) break;
    ticks.push({ at, label: tickLabel(at, step) });
  }
  return ticks;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** A mark as precise as marks of this step need: `13:15`, `13:15:20`, `13:15:20.25`, `30 Nov`. */
export function tickLabel(at: number, step: number): string {
  const date = new Date(Math.round(at * 1000));
  const day = `${date.getDate()} ${MONTHS[date.getMonth()]}`;
  if (step >= 86_400) return day;
  const minute = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (step >= 60) return minute === "00:00" ? day : minute;
  const second = `${minute}:${two(date.getSeconds())}`;
  if (step >= 1) return second;
  const digits = step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3;
  return second + (date.getMilliseconds() / 1000).toFixed(digits).slice(1);
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}

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

/** Marks from this step on stand at hours and days of a clock that is set to summer time, and back, meanwhile. Seconds. */
const HOUR = 3600;

/**
 * At most `most` marks between two times. Marks of an hour and more stand at full hours and days of the local clock.
 *
 * @param shiftAt seconds by which the local clock is behind UTC at a time
 */
export function timeTicks(from: number, to: number, most: number, shiftAt = localShift): TimeTick[] {
  const span = to - from;
  if (!(span > 0) || most < 1) return [];
  const step = STEPS.find((each) => span / each <= most) ?? span;
  const shift = shiftAt(from);
  const ticks: TimeTick[] = [];
  let last = from - step;
  // Some earlier: at the first mark the clock may have been set by an hour.
  for (let i = Math.floor((from - shift - Math.min(step, HOUR)) / step); ticks.length <= most; i++) {
    // By its own shift, which is known of the time that it would be by another one.
    const at = i * step + (step < HOUR ? shift : shiftAt(i * step + shiftAt(i * step + shift)));
    if (at > to) break;
    // An hour that the clock leaves out has no mark.
    if (at < from - step * 1e-9 || at <= last) continue;
    ticks.push({ at, label: tickLabel(at, step) });
    last = at;
  }
  return ticks;
}

function localShift(at: number): number {
  return new Date(at * 1000).getTimezoneOffset() * 60;
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

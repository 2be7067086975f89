/** Times and spans of time as the page shows them. Times are Unix times in seconds. */

/** How long something took: `0.02 s`, `1.6 s`, `3m 12s`, `2h 05m`, `3d 04h`. */
export function formatSpan(seconds: number): string {
  const span = Math.max(0, seconds);
  if (span === 0) return "0 s";
  if (span < 0.995) return `${span.toFixed(2)} s`;
  if (span < 59.95) return `${span.toFixed(1)} s`;
  const whole = Math.round(span);
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  if (whole < 172_800) return `${Math.floor(whole / 3600)}h ${two(Math.floor(whole / 60) % 60)}m`;
  return `${Math.floor(whole / 86_400)}d ${two(Math.floor(whole / 3600) % 24)}h`;
}

/** How old something is, coarse: `31 s`, `12 min`, `3 h`, `2 d`. */
export function formatAge(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 100) return `${whole} s`;
  if (whole < 6000) return `${Math.floor(whole / 60)} min`;
  return whole < 172_800 ? `${Math.floor(whole / 3600)} h` : `${Math.floor(whole / 86_400)} d`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** A time by the clock of whoever looks, with its date unless that is today: `13:15:58`, `30 Nov 13:15:58`, `30 Nov 2025 13:15:58`. */
export function formatTime(time: number, now: number): string {
  const date = new Date(time * 1000);
  if (Number.isNaN(date.getTime())) return "-";
  const today = new Date(now * 1000);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  if (date.toDateString() === today.toDateString()) return clock;
  const day = `${date.getDate()} ${MONTHS[date.getMonth()]}`;
  return date.getFullYear() === today.getFullYear() ? `${day} ${clock}` : `${day} ${date.getFullYear()} ${clock}`;
}

/** The same without seconds: for the end of a run, which nobody knows to the second. */
export function formatMinute(time: number, now: number): string {
  return formatTime(time, now).replace(/:\d\d$/, "");
}

/** A time for machines and tooltips: `2025-11-30T12:15:58.250Z`. */
export function isoTime(time: number): string {
  const date = new Date(time * 1000);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}

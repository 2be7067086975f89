/** Numbers and times as the monitor shows them, short. */

/** Seconds below which a span of time is told in seconds; the same for minutes and hours. */
const MOST_SECONDS = 100;
const MOST_MINUTES = 100;
const MOST_HOURS = 48;

/** How old something is: `31s`, `12m`, `3h`, `2d`. Coarse, so that what goes on for long changes seldom on the screen. */
export function formatAge(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MOST_SECONDS) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < MOST_MINUTES) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  return hours < MOST_HOURS ? `${hours}h` : `${Math.floor(hours / 24)}d`;
}

/** A duration of a task: `0.02s`, `1.6s`, `3m12s`, `2h05m`. */
export function formatSpan(seconds: number): string {
  const span = Math.max(0, seconds);
  if (span < 0.995) return `${span.toFixed(2)}s`;
  if (span < 59.95) return `${span.toFixed(1)}s`;
  const whole = Math.round(span);
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  if (whole < 172_800) return `${Math.floor(whole / 3600)}h${two(Math.floor(whole / 60) % 60)}m`;
  return `${Math.floor(whole / 86_400)}d${two(Math.floor(whole / 3600) % 24)}h`;
}

/** When the driver last heard of something: `now` within ten seconds, then in steps. */
export function formatHeard(seconds: number): string {
  if (seconds < 10) return "now";
  return seconds < MOST_SECONDS ? `${Math.floor(seconds / 10) * 10}s` : formatAge(seconds);
}

/** The time of day of a Unix time: `13:15:58`. */
export function formatTime(time: number): string {
  const date = new Date(time * 1000);
  if (Number.isNaN(date.getTime())) return "-";
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
}

/** A number with its thousands apart: `612,304`. */
export function formatCount(n: number): string {
  return n.toFixed(0).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}

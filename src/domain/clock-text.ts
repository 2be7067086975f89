/** How long something has gone on for, as a clock that is watched shows it: `0:07`, `3:12`, `1:12:04`, `2d 03:04`. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor((whole % 86_400) / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (days > 0) return `${days}d ${two(hours)}:${two(minutes)}`;
  if (hours > 0) return `${hours}:${two(minutes)}:${two(whole % 60)}`;
  return `${minutes}:${two(whole % 60)}`;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}

/** Numbers as the page shows them. */

/** A number with its thousands apart: `612,304`. */
export function formatCount(n: number): string {
  return n.toFixed(0).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

const STEPS = ["", "k", "M", "G", "T"] as const;

/** A number where there is little room: `9,999`, `12.3k`, `1.2M`. */
export function shortCount(n: number): string {
  if (Math.abs(n) < 10_000) return formatCount(n);
  let step = 0;
  let rest = n;
  while (Math.abs(rest) >= 999.5 && step < STEPS.length - 1) {
    rest /= 1000;
    step++;
  }
  return `${rest.toFixed(Math.abs(rest) < 99.95 ? 1 : 0)}${STEPS[step]}`;
}

/** A share of a whole, never rounded to all or nothing when it is neither: `61%`, `<1%`, `>99%`. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0) return "-";
  const percent = (part / whole) * 100;
  if (percent > 0 && percent < 1) return "<1%";
  if (percent < 100 && percent > 99) return ">99%";
  return `${Math.round(percent)}%`;
}

/** Tasks per second, or per minute or hour where that is easier to grasp: `1,234/s`, `80.6/s`, `12/min`. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 0.9995) return `${digits(perSecond)}/s`;
  if (perSecond * 60 >= 0.9995) return `${digits(perSecond * 60)}/min`;
  return perSecond <= 0 ? "0/s" : `${digits(perSecond * 3600)}/h`;
}

function digits(n: number): string {
  return n < 99.95 ? n.toFixed(1).replace(/\.0$/, "") : formatCount(n);
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** Bytes: `312 B`, `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  let unit = 0;
  let rest = bytes;
  while (rest >= 1023.95 && unit < UNITS.length - 1) {
    rest /= 1024;
    unit++;
  }
  return `${unit === 0 || rest >= 99.95 ? rest.toFixed(0) : rest.toFixed(1)} ${UNITS[unit]}`;
}

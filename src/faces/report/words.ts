import { formatDuration } from "../terminal/text.ts";

/** How the report puts numbers and times. */

/** A share in whole percent: `93 %`; what is not quite nothing, or all, does not look like it. */
export function percent(part: number, whole: number): string {
  if (whole <= 0) return "-";
  const share = (100 * part) / whole;
  if (share > 0 && share < 1) return "< 1 %";
  if (share < 100 && share > 99) return "> 99 %";
  return `${Math.round(share)} %`;
}

/** A span of time; what takes less than a tenth of a second is told in milliseconds. */
export function span(seconds: number): string {
  return seconds < 0.0995
    ? `${(seconds * 1000).toFixed(seconds < 0.000_95 && seconds > 0 ? 1 : 0)} ms`
    : formatDuration(seconds);
}

/** The first line that is not blank. */
export function firstLine(text: string): string {
  return (
    text
      .split(/[\n\r]/)
      .find((line) => line.trim() !== "")
      ?.trim() ?? ""
  );
}

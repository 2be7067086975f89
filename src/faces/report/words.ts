/** How the report puts numbers and times. */

/** A share in whole percent: `93 %`; what is not quite nothing, or all, does not look like it. */
export function percent(part: number, whole: number): string {
  if (whole <= 0) return "-";
  const share = (100 * part) / whole;
  if (share > 0 && share < 1) return "< 1 %";
  if (share < 100 && share > 99) return "> 99 %";
  return `${Math.round(share)} %`;
}

/** A moment, by the calendar of this machine: `2026-11-29 10:13:02`. @param time Unix time in seconds. */
export function formatMoment(time: number): string {
  const moment = new Date(time * 1000);
  if (Number.isNaN(moment.getTime())) return "-";
  const date = [moment.getFullYear(), two(moment.getMonth() + 1), two(moment.getDate())].join("-");
  return `${date} ${[moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(two).join(":")}`;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
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

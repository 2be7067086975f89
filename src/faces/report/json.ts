import type { Report } from "./report.ts";

/** Raised when a field changes its meaning or goes; new ones may come at any time. */
const VERSION = 1;

/** The report for programs, in one line. Spans are in seconds, times are Unix times; what is not known is missing. */
export function reportJson(report: Report): string {
  return `${JSON.stringify({ format: "disbatch-report", version: VERSION, ...report })}\n`;
}

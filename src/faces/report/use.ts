import type { OutcomeTable } from "../../records/outcomes/outcome-table.ts";
import type { ReportedUse } from "./report.ts";

/** What the tasks have used whose outcomes count. */
export function usedIn(table: OutcomeTable): ReportedUse | undefined {
  let tasks = 0;
  let seconds = 0;
  let elapsed = 0;
  let largest = -1;
  const peaks: number[] = [];
  const ids = table.ids();
  for (const id of ids) {
    const row = table.counted(id);
    const cpu = table.cpu(row);
    if (Number.isNaN(cpu)) continue;
    tasks++;
    seconds += cpu;
    elapsed += table.duration(row);
    const peak = table.peak(row);
    if (Number.isNaN(peak)) continue;
    if (largest < 0 || peak > table.peak(table.counted(largest))) largest = id;
    peaks.push(peak);
  }
  if (tasks === 0) return undefined;
  const sorted = Float64Array.from(peaks).toSorted();
  const [median] = sorted.subarray(Math.floor((sorted.length - 1) / 2));
  const most = sorted.at(-1);
  const memory =
    median === undefined || most === undefined ? undefined : { tasks: peaks.length, median, most, task: largest };
  return {
    cpu: { tasks, seconds: Math.round(seconds * 1000) / 1000, elapsed: Math.round(elapsed * 1000) / 1000 },
    memory,
  };
}

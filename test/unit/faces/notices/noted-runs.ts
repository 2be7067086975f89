import type { RunEvent } from "../../../../src/domain/events.ts";
import type { NotedRun, Teller } from "../../../../src/faces/notices/noted-run.ts";
import { RunState } from "../../../../src/records/state/run-state.ts";
import { START } from "../terminal/events.ts";

/** A run that a test tells what happens, as far as notices know it. */
export function notedRun(
  events: readonly RunEvent[] = [],
  changes: Partial<NotedRun> = {},
): NotedRun & { readonly counts: RunState } {
  const counts = new RunState();
  for (const event of events) counts.handle(event);
  const run: NotedRun = {
    files: {
      prefix: "/home/you/run",
      jobId: "run",
      status: "/home/you/run_status.txt",
      journal: "/home/you/run_journal.jsonl",
      log: "/home/you/run_driver.log",
    },
    taskFileName: "Tasks",
    host: "login1",
    counts,
    now: () => START + 100,
    wayOn: () => ({
      what: "to run the failed ones again",
      command: "cd /home/you && disbatch -r run_status.txt -R Tasks",
    }),
    explain: "disbatch explain /home/you/run",
    ...changes,
  };
  return { ...run, counts };
}

/** Keeps what is told. */
export class FakeTeller implements Teller {
  readonly said: string[] = [];
  readonly noted: string[] = [];
  readonly warnings: string[] = [];

  say = (message: string): void => void this.said.push(message);
  note = (message: string): void => void this.noted.push(message);
  noteWarning = (message: string): void => void this.warnings.push(message);
}

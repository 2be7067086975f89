import type { FollowedRun, RunView, WatchLink } from "../domain/watch.ts";
import { UserError } from "../domain/errors.ts";
import { EXIT } from "../domain/exit-codes.ts";
import { openPastRun, type PastRun } from "../records/past/past-run.ts";
import type { RunFiles } from "../run/files/run-files.ts";

/** Follows a run that does not move any more, by its records. @throws UserError when they cannot be read. */
export async function followRecords({ status, journal, jobId }: RunFiles): Promise<FollowedRun> {
  return new RecordedRun(await openPastRun({ status, journal, jobId }));
}

class RecordedRun implements FollowedRun {
  readonly view: RunView;
  readonly link: WatchLink = { state: "over" };
  readonly tasks: FollowedRun["tasks"];
  readonly task: FollowedRun["task"];
  readonly slots: FollowedRun["slots"];
  readonly close: FollowedRun["close"];

  constructor(past: PastRun) {
    this.view = past.view();
    this.tasks = (query) => past.tasks(query);
    this.task = (id) => past.task(id);
    this.slots = () => past.slots();
    this.close = () => past.close();
  }

  /** Nothing changes any more. */
  listen(): void {}

  stop(): Promise<string> {
    const message = "the run has ended: there is nothing to stop";
    return Promise.reject(new UserError("run-ended", message, { exitCode: EXIT.unfinished }));
  }
}

import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import type { FollowedRun } from "../domain/watch.ts";
import { FailureLines } from "../faces/monitor/failures.ts";
import { PlainText } from "../faces/monitor/plain.ts";
import { print } from "./standard-output.ts";

/** How often clocks are looked at, in milliseconds. */
const LOOK_MS = 1000;

/**
 * Prints how a run goes on in lines of text, until it has ended or nobody reads.
 *
 * @param recover the command that goes on with the run when its driver has died.
 * @throws UserError as `print` does.
 */
export function followPlainly(run: FollowedRun, recover: string): Promise<ExitCode> {
  const text = new PlainText(recover);
  return follow(run, async () => {
    const lines = text.lines(run.view, run.link, Date.now() / 1000);
    return lines.length === 0 || print(lines.map((line) => `${line}\n`).join(""));
  });
}

/** Prints a line for each failed task, those so far and those to come, until the run has ended or nobody reads. */
export function followFailures(run: FollowedRun): Promise<ExitCode> {
  const failures = new FailureLines(run);
  return follow(run, async () => {
    const { failed, skippedFailed } = run.view.tasks;
    if (failures.told > 0 && failures.told >= failed + skippedFailed) return true;
    for await (const line of failures.next()) if (!(await print(`${line}\n`))) return false;
    return true;
  });
}

/** Has something done whenever the run has changed, one time after another. @param tell resolves to false when nobody reads. */
async function follow(run: FollowedRun, tell: () => Promise<boolean>): Promise<ExitCode> {
  let wake: () => void = () => undefined;
  run.listen(() => wake());
  for (;;) {
    const changed = new Promise<void>((resolve) => (wake = resolve));
    const isOver = run.link.state === "over";
    // What is over is told once more: nothing comes after it.
    if (!(await tell()) || isOver) return EXIT.done;
    const timer = setTimeout(wake, LOOK_MS);
    await changed;
    clearTimeout(timer);
  }
}

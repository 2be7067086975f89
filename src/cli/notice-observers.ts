import { hostname } from "node:os";
import type { RunObserver } from "../domain/events.ts";
import { shellWords } from "../domain/shell-words.ts";
import { messageOf } from "../domain/system-error.ts";
import { type Clock, clockWith } from "../faces/terminal/clock.ts";
import { Hooks } from "../faces/notices/hooks.ts";
import { Mail } from "../faces/notices/mail.ts";
import { Digest, EverySoMany, type MailPlan, tooManyMails } from "../faces/notices/mail-plan.ts";
import type { NotedRun, Teller, WayOn } from "../faces/notices/noted-run.ts";
import type { Postman } from "../faces/notices/postman.ts";
import { wayOnOf } from "../faces/terminal/summary.ts";
import type { Counts } from "../records/state/counts.ts";
import { programName } from "../run/program-name.ts";
import { nameOfTasks } from "../run/settings.ts";
import type { ObservedRun } from "../run/surroundings.ts";
import type { Environment } from "../domain/environment.ts";
import type { GoingOn } from "./going-on.ts";
import type { NoticeOptions } from "./notice-options.ts";

/** What tells of a run by mail and by commands, and what it needs. */
export interface NoticeSurroundings {
  readonly options: NoticeOptions;
  readonly postman: Postman | undefined;
  readonly goingOn: GoingOn;
  readonly env: Environment;
  /** Ends what the end of the run waits for. */
  readonly hurry: AbortSignal;
  readonly say: (message: string) => void;
}

/** Observers that tell of a run whoever is not at its terminal. */
export function noticeObservers(
  run: ObservedRun,
  { options, postman, goingOn, env, hurry, say }: NoticeSurroundings,
): readonly RunObserver[] {
  const { mailFreq, onFailure, onEnd } = options;
  const clockFor = (name: string): Clock =>
    clockWith(run.now, (error) => say(`warning: ${name} hears no more of the time: ${messageOf(error)}`));
  const teller: Teller = {
    say,
    note: (message) => run.note(message),
    noteWarning: (message) => run.noteWarning(message),
  };
  const noted = notedRun(run, goingOn, env);
  const observers: RunObserver[] = [];
  if (postman !== undefined) {
    const plan = planOf(mailFreq, run.counts);
    observers.push(
      new Mail({ run: noted, plan, clock: clockFor("the mail"), hurry, send: (mail) => postman.send(mail), teller }),
    );
    if (mailFreq !== undefined) observers.push(doubtful(mailFreq, say));
  }
  if (onFailure !== undefined || onEnd !== undefined) {
    observers.push(
      new Hooks({
        run: noted,
        onFailure,
        onEnd,
        env,
        cwd: process.cwd(),
        clock: clockFor("a command of yours"),
        hurry,
        teller,
      }),
    );
  }
  return observers;
}

function planOf(mailFreq: number | undefined, counts: Counts): MailPlan {
  return mailFreq === undefined ? new Digest(counts.kinds.size) : new EverySoMany(mailFreq, counts.finished);
}

/** Says that there will be many mails, once the number of tasks is known. */
function doubtful(mailFreq: number, say: (message: string) => void): RunObserver {
  return {
    name: "the mail",
    observe: (event) => {
      const doubt = event.type === "run-started" ? tooManyMails(mailFreq, event.total) : undefined;
      if (doubt !== undefined) say(`warning: ${doubt}`);
    },
  };
}

function notedRun(run: ObservedRun, goingOn: GoingOn, env: Environment): NotedRun {
  const { counts, files, now, settings } = run;
  const name = programName(run.program.command, env);
  return {
    files,
    taskFileName: nameOfTasks(settings),
    host: hostname(),
    counts,
    now,
    wayOn: (): WayOn | undefined => {
      const reason = counts.reason ?? "done";
      return wayOnOf(counts, goingOn.afterEnd({ reason, counts, isRecorded: reason !== "record-failed" }));
    },
    explain: shellWords([...name, "explain", files.prefix]),
  };
}

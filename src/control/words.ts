import type { Done, Refusal } from "../domain/control.ts";
import type { StopRequest } from "../domain/watch.ts";
import type { ControllerMessage } from "../wire/control-messages.ts";

/** What somebody may have ended, as it is asked of the driver. */
export function stopMessage(request: StopRequest): ControllerMessage {
  switch (request.what) {
    case "task":
      return { type: "stop-task", id: request.id };
    case "engine":
      return { type: "stop-engine", rank: request.rank };
    case "context":
      return { type: "stop-context", label: request.label };
    case "run":
      // Whatever the run has begun meanwhile: nothing is ended that nobody was asked about.
      return { type: "stop-run", kill: request.kill === true };
    default:
      return request satisfies never;
  }
}

/** What has been done to a run, for whoever has asked for it. */
export function wordsOfDone(done: Done): string {
  switch (done.what) {
    case "engine-stops":
      return `engine ${done.rank} starts no more tasks, and leaves when what it runs has finished${atTheLatest(done.within)}`;
    case "context-stops":
      return `context ${done.label} starts no more tasks, and its engines leave when what they run has finished${atTheLatest(done.within)}`;
    case "run-drains":
      return "the run starts no more tasks, and ends when what runs has finished; stop it once more to kill that, too";
    case "run-terminates":
      return "the run kills its tasks, and ends";
    case "task-stops":
      return `task ${done.id} is being stopped; it counts as failed, and is not run again`;
    default:
      return done satisfies never;
  }
}

/**
 * Why nothing has been done to a run.
 *
 * @param isKept what was asked for is to keep a context, which nobody has named on a command line.
 */
export function wordsOfRefusal(refusal: Refusal, isKept: boolean): string {
  switch (refusal.code) {
    case "no-such-engine":
      return `no engine ${refusal.rank} is in this run`;
    case "no-such-context":
      return isKept
        ? `this run knows of no context ${refusal.label}`
        : `this run has no context ${refusal.label}; --status shows those it has`;
    case "no-such-task":
      return `this run has no task ${refusal.id}, or has not read its line yet`;
    case "task-settled":
      return `task ${refusal.id} has ended already`;
    case "task-not-held":
      return `task ${refusal.id} waits, and no engine holds it; it can be stopped when an engine does`;
    case "label-in-use":
      return `-l ${refusal.label}: this run has a context of that name; choose another`;
    case "run-ending":
      return "the run is ending and takes no more engines";
    case "second-context":
      return "one context for each connection";
    case "cannot-listen":
      return `nobody can call this run: ${refusal.cause}`;
    case "too-many-controllers":
      return `${refusal.most} dbUtil.sh and monitors of this run are running already: stop some, or name more hosts in one`;
    default:
      return refusal satisfies never;
  }
}

function atTheLatest(within: number | undefined): string {
  return within === undefined ? "" : `, or is killed in ${within} s`;
}

import type { EngineTerms } from "../domain/engine-terms.ts";
import { UserError } from "../domain/errors.ts";
import type { SlurmPlace } from "../places/slurm-place.ts";
import type { ContextSettings } from "../places/context-settings.ts";
import { ContextLauncher } from "../places/launchers/context-launcher.ts";
import { findPlace, type Place } from "../places/place.ts";
import { slurmPrograms } from "../places/slurm/ask.ts";
import type { Environment } from "../domain/environment.ts";
import { jobToUse, makeStarters } from "../places/starters.ts";
import { refuseMissingWorkdir } from "../places/workdir.ts";
import type { ContextName, ControllerMessage } from "../wire/control-messages.ts";
import { MAX_CONTROLLER_FRAME } from "../wire/frames.ts";
import { callsElsewhere, ContextTie } from "./context-tie.ts";
import { ControllerContext } from "./controller-context.ts";
import type { AnswerOf } from "./driver-line.ts";
import type { ReachedRun } from "./reach-run.ts";

/** A run that has been called and has said what it is like. */
export interface GreetedRun extends ReachedRun {
  readonly welcome: AnswerOf<"welcome">;
}

/** What whoever adds a context is given. */
export interface AddContextOptions {
  /** How this program is started: a file and its first arguments. */
  readonly command: readonly [string, ...string[]];
  readonly version: string;
  readonly env: Environment;
  /** Calls the run again when contact is lost. @throws UserError when it cannot be reached now. */
  readonly callAgain: () => Promise<ReachedRun>;
  /** What is to be done when the driver of the run of this prefix has died, as the end of a sentence. */
  readonly afterItsDeath: (prefix: string) => string;
  /** Tells the user something, in one line. */
  readonly say: (message: string) => void;
}

/** A context that a run has taken, and whose engines this process starts. */
export interface AddedContext {
  readonly context: ControllerContext;
  /** The Slurm job that its nodes are of. */
  readonly slurm: SlurmPlace | undefined;
}

/**
 * Brings a context into a run that goes on. What the settings do not say is as the run has it.
 *
 * @returns the context, which has started no engine yet.
 * @throws UserError when there is no such place, or the run wants none of it.
 */
export async function addContext(
  { line, callsFrom, welcome }: GreetedRun,
  settings: ContextSettings,
  { command, version, env, callAgain, afterItsDeath, say }: AddContextOptions,
): Promise<AddedContext> {
  const wanted = {
    ...settings,
    tasksPerNode: settings.tasksPerNode ?? welcome.tasksPerNode,
    cpusPerTask: settings.cpusPerTask ?? welcome.cpusPerTask,
  };
  const terms: EngineTerms = {
    ...welcome.terms,
    resources: settings.envResource.length > 0 ? settings.envResource : welcome.terms.resources,
    cwd: settings.workdir ?? welcome.terms.cwd,
    threadEnv: settings.threadEnv && welcome.terms.threadEnv,
  };
  const place = await findPlace(wanted, env, slurmPrograms(env), { isHelper: true });
  if (place === undefined) throw new Error("there is a place, or this is not asked for");
  const { draft, slurm, notes } = place;
  for (const note of notes) say(note);
  const { nodes, taskLimit } = draft;
  refuseMissingWorkdir(terms.cwd, nodes);
  const usesOtherHosts = nodes.some(({ node, destination }) =>
    slurm === undefined ? destination !== undefined : node !== slurm.ownNode,
  );
  const elsewhere = callsElsewhere(usesOtherHosts, callsFrom);
  const name = nameOf(place, settings);
  const request = { type: "add-context", ...name, nodes: [...nodes], taskLimit, elsewhere } as const;
  refuseTooManyNodes(request);
  const added = await line.ask(request, "context-added");
  const starters = makeStarters({
    terms,
    command,
    version,
    ssh: settings,
    callsFrom,
    env,
    say,
    slurm: slurm && jobToUse(slurm, settings, say),
  });
  const launcher = new ContextLauncher({ ...draft, label: added.label }, starters);
  const tie = new ContextTie({ line, callsFrom, added, usesOtherHosts, callAgain });
  const context = new ControllerContext({ tie, launcher, afterItsDeath: () => afterItsDeath(terms.prefix), say });
  return { context, slurm };
}

/** A driver would hang up. */
function refuseTooManyNodes(request: Extract<ControllerMessage, { type: "add-context" }>): void {
  if (Buffer.byteLength(JSON.stringify(request)) <= MAX_CONTROLLER_FRAME) return;
  const message = `${request.nodes.length} hosts are too many for one call: name fewer in each of several`;
  throw new UserError("too-many-hosts", message);
}

/** A Slurm job has a name, which may be taken if the job was here before. */
function nameOf({ draft, slurm }: Place, { label }: ContextSettings): ContextName {
  if (label !== undefined) return { label };
  return slurm === undefined || draft.label === undefined ? {} : { stem: draft.label };
}

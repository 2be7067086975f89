import { UserError } from "../domain/errors.ts";
import { isFinal, type TemplateTally } from "../domain/instance-state.ts";
import { printable } from "../domain/printable.ts";
import { shellWords } from "../domain/shell-words.ts";
import type { RunInquiries } from "../domain/watch.ts";
import { storyLines } from "../faces/workflow/story-lines.ts";
import { whyWords } from "../faces/workflow/why-words.ts";
import { isOwnFile } from "../files/own-file.ts";
import { idsNamed } from "../records/journal/ids-named.ts";
import { type TaskHistory, taskHistory } from "../records/journal/task-history.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { ownNames } from "../run/workflow/own-names.ts";
import { pastStanding, type RunStanding } from "../run/workflow/past-standing.ts";
import { worthALook } from "../run/workflow/past-graph.ts";
import { type WorkflowHistory, workflowHistory } from "../run/workflow/workflow-history.ts";
import type { Instance } from "../workflows/graph/instance.ts";
import type { PastRun } from "../workflows/history/history.ts";
import type { PastOptions } from "../workflows/history/past.ts";
import { whyOf } from "../workflows/history/why-of.ts";
import { instanceStory, type InstanceStory } from "../workflows/views/instance-story.ts";
import type { InstanceWhy } from "../workflows/views/instance-why.ts";
import { StatesNow } from "./states-now.ts";
import { isWorkflow } from "./workflow-records.ts";

/** What an instance is explained with. */
export interface ExplainedInstance {
  readonly files: RunFiles;
  readonly followed: RunInquiries;
  /** The words that start this program in the user's shell. */
  readonly words: readonly string[];
  readonly say: (message: string) => void;
  /** What the journal tells of a task, in lines. @param tallies of all instances of its document. */
  readonly attempts: (id: number, history: TaskHistory, tallies: readonly TemplateTally[]) => readonly string[];
}

/** Why an instance stands where it stands in the last run of its prefix that knows it, and why it ran there. */
interface ToldInstance extends InstanceStory {
  /** Number of the run. */
  readonly run: number;
  readonly why: InstanceWhy | undefined;
}

/**
 * Why an instance of a workflow stands where it stands, as JSON in one line.
 *
 * @throws UserError as `explainInstance` does.
 */
export async function instanceAsJson(name: string, explained: ExplainedInstance): Promise<string> {
  const { told } = await instanceTold(name, explained);
  return JSON.stringify(told);
}

/**
 * Why an instance of a workflow stands where it stands, in lines.
 *
 * @throws UserError `not-a-workflow` for a run of a task file; `unknown-goal` for a name that no instance has, with the nearest.
 */
export async function explainInstance(name: string, explained: ExplainedInstance): Promise<readonly string[]> {
  const { files, words, attempts } = explained;
  const { prefix, jobId, journal, output } = files;
  const { told, tallies } = await instanceTold(name, explained);
  const ids = idsIn(journal, told.name);
  const histories = ids.map((id) => historyIn(journal, id));
  const last = histories.at(-1);
  const id = ids.at(-1);
  const tries =
    last === undefined || id === undefined
      ? []
      : attempts(id, { ...last, attempts: histories.flatMap((history) => history.attempts) }, tallies);
  const hint = id === undefined || !isOwnFile(output) ? [] : [shellWords([...words, "output", prefix, told.name])];
  const { why, state } = told;
  const isOver = isFinal(state);
  return [
    `${printable(told.name)} of ${printable(jobId)}, run ${told.run}: ${state ?? "not wanted by this run"}`,
    ...(why === undefined ? [] : [`  ${whyWords(why, isOver)}`]),
    ...storyLines(told),
    ...tries,
    ...hint.map((command) => `what it printed, as far as that is kept: ${command}`),
  ];
}

async function instanceTold(
  name: string,
  { files, followed, words, say }: ExplainedInstance,
): Promise<{ readonly told: ToldInstance; readonly tallies: readonly TemplateTally[] }> {
  const { prefix, status, workflow } = files;
  if (!isWorkflow(files)) {
    const first = shellWords([...words, "explain", prefix, "0"]);
    const message = `${prefix}: no document has run under this prefix, and its tasks have numbers; to explain the first: ${first}`;
    throw new UserError("not-a-workflow", message);
  }
  const now = await StatesNow.ask(followed);
  const history = workflowHistory(files, say);
  const [own = name] = await ownNames(history.last, [name]);
  const { recorded, instance } = await lastKnowing(own, history, files);
  const { run } = recorded;
  const standing = run === history.last ? await now.standing(recorded, instance) : recorded;
  const story = instanceStory(standing, instance);
  const isDone = story.state === "done" || story.state === "reused";
  const why =
    story.state === undefined ? undefined : whyOf({ workflow, status, ...until(run, history) }, story.name, isDone);
  const { state } = story;
  // Nobody knows yet whether an instance will run that has not come to it.
  const isBefore =
    (why?.kind === "runs" || why?.kind === "untold") &&
    (state === "waiting" || state === "blocked" || state === "skipped");
  return { told: { ...story, run: run.run, why: isBefore ? undefined : why }, tallies: recorded.tallies };
}

/**
 * Where the instance stands by the last run that knows it: a run that was asked for other values of an open axis does not.
 *
 * @throws UserError `unknown-goal`, as the last run has it.
 */
async function lastKnowing(
  name: string,
  history: WorkflowHistory,
  files: RunFiles,
): Promise<{ readonly recorded: RunStanding; readonly instance: Instance }> {
  let unknown: UserError | undefined;
  for (const run of worthALook(history.runs)) {
    try {
      const recorded = await pastStanding(history, run, files);
      return { recorded, instance: recorded.find(name) };
    } catch (error) {
      // What else is wrong with an earlier run is not what was asked.
      if (!(error instanceof UserError) || (unknown === undefined && error.code !== "unknown-goal")) throw error;
      unknown ??= error;
    }
  }
  throw unknown ?? new Error("a history has a run");
}

/** The runs up to this one, and where its lines in the status file end. */
function until({ run }: PastRun, { runs }: WorkflowHistory): Pick<PastOptions, "runs" | "end"> {
  return {
    runs: runs.filter((each) => each.run <= run),
    end: runs.find((each) => each.run > run)?.statusFrom,
  };
}

/** A journal that cannot be read tells nothing. */
function idsIn(journal: string, name: string): readonly number[] {
  try {
    return idsNamed(journal, [name]).get(name) ?? [];
  } catch {
    return [];
  }
}

function historyIn(journal: string, id: number): TaskHistory {
  try {
    return taskHistory(journal, id);
  } catch {
    return { attempts: [] };
  }
}

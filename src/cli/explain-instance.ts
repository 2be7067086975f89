import { UserError } from "../domain/errors.ts";
import type { InstanceState, TemplateTally } from "../domain/instance-state.ts";
import { printable } from "../domain/printable.ts";
import { shellWords } from "../domain/shell-words.ts";
import type { FollowedRun, TaskState } from "../domain/watch.ts";
import { storyLines } from "../faces/workflow/story-lines.ts";
import { isOwnFile } from "../files/own-file.ts";
import { idsNamed } from "../records/journal/ids-named.ts";
import { type TaskHistory, taskHistory } from "../records/journal/task-history.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import type { RunStanding } from "../run/workflow/past-standing.ts";
import { instanceStory } from "../workflows/views/instance-story.ts";
import { isWorkflow, lastStanding } from "./workflow-records.ts";

/** Tasks that are under way, as many as are asked for. */
const MOST_UNDER_WAY = 500;

/** How the states of tasks that are under way are called where instances are told of. */
const STATES: Readonly<Partial<Record<TaskState, InstanceState>>> = {
  assigned: "running",
  running: "running",
  retrying: "retrying",
};

/** What an instance is explained with. */
export interface ExplainedInstance {
  readonly files: RunFiles;
  readonly followed: FollowedRun;
  /** The words that start this program in the user's shell. */
  readonly words: readonly string[];
  readonly say: (message: string) => void;
  /** What the journal tells of a task, in lines. @param tallies of all instances of its document. */
  readonly attempts: (id: number, history: TaskHistory, tallies: readonly TemplateTally[]) => readonly string[];
}

/**
 * Why an instance of a workflow stands where it stands, in lines.
 *
 * @throws UserError `not-a-workflow` for a run of a task file; `unknown-goal` for a name that no instance has, with the nearest.
 */
export async function explainInstance(name: string, explained: ExplainedInstance): Promise<readonly string[]> {
  const { files, followed, words, say, attempts } = explained;
  const { prefix, jobId, journal, output } = files;
  if (!isWorkflow(files)) {
    const first = shellWords([...words, "explain", prefix, "0"]);
    const message = `${prefix}: no document has run under this prefix, and its tasks have numbers; to explain the first: ${first}`;
    throw new UserError("not-a-workflow", message);
  }
  const recorded = await lastStanding(files, say);
  const instance = recorded.find(name);
  const standing = await withUnderWay(recorded, followed);
  const story = instanceStory(standing, instance);
  const ids = idsIn(journal, story.name);
  const histories = ids.map((id) => historyIn(journal, id));
  const last = histories.at(-1);
  const id = ids.at(-1);
  const told =
    last === undefined || id === undefined
      ? []
      : attempts(id, { ...last, attempts: histories.flatMap((history) => history.attempts) }, recorded.tallies);
  const hint = id === undefined || !isOwnFile(output) ? [] : [shellWords([...words, "output", prefix, story.name])];
  return [
    `${printable(story.name)} of ${printable(jobId)}, run ${recorded.run.run}: ${story.state ?? "not wanted by this run"}`,
    ...storyLines(story),
    ...told,
    ...hint.map((command) => `what it printed, as far as that is kept: ${command}`),
  ];
}

/** With the tasks that are under way, which the records alone take for ready. */
async function withUnderWay(standing: RunStanding, followed: FollowedRun): Promise<RunStanding> {
  const states = new Map<number, InstanceState>();
  const { rows } = await followed.tasks({ states: ["running", "assigned", "retrying"], limit: MOST_UNDER_WAY });
  for (const { id, state } of rows) {
    const known = STATES[state];
    if (known !== undefined) states.set(id, known);
  }
  return { ...standing, stateOf: (instance) => states.get(standing.idOf(instance)) ?? standing.stateOf(instance) };
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

import { basename, join } from "node:path";
import { errnoText } from "../../domain/system-error.ts";
import type { TaskOutput, TaskOutputs } from "../../domain/task-files.ts";
import { type Attempt, attemptName, IN_ATTEMPT, isStage } from "./attempt-names.ts";
import { hasFailedWith, OutputError } from "./errors.ts";
import type { FileCalls } from "./file-calls.ts";
import { OutputPlaces, titleOfOutput } from "./place-of.ts";
import { settleTask } from "./settle.ts";
import { makeElsewhere, makeInStage } from "./stage-folder.ts";

/** An output of a task that is about to run, or runs. */
export interface StagedOutput extends TaskOutput {
  /** Where the command writes it: an absolute path. */
  readonly made: string;
  /** Folder of the attempt on the file system of its place; undefined where that is the one of the stage. */
  readonly elsewhere: string | undefined;
}

/** What a task makes, while it runs. */
export interface StagedTask {
  /** Folder of the run's tasks. */
  readonly root: string;
  /** Folder of the attempt, in the stage. */
  readonly folder: string;
  readonly outputs: readonly StagedOutput[];
}

const NAME = /^\w+$/;

/**
 * Makes the folders into which a task writes its outputs. What earlier attempts of the task have left is settled first.
 *
 * @param root folder of the run's tasks.
 * @throws OutputError when an output has no place where it could be put; the system's error when the folders cannot be made.
 */
export async function stageOutputs(
  root: string,
  { stage, files }: TaskOutputs,
  which: Attempt,
  calls: FileCalls,
): Promise<StagedTask> {
  if (!isStage(stage)) throw new OutputError(`outputs cannot be written to ${JSON.stringify(stage)}: this is no stage`);
  const home = join(root, stage);
  if (which.attempt > 1) await settleTask(root, home, which.taskId, calls);
  const folder = join(home, attemptName(which));
  try {
    await makeInStage(home, folder, calls);
  } catch (error) {
    if (!hasFailedWith(error, "EEXIST")) throw error;
    await settleTask(root, home, which.taskId, calls);
    await makeInStage(home, folder, calls);
  }
  const { dev } = await calls.lstat(folder);
  const places = new OutputPlaces(root, calls);
  /** Folders of the attempt on other file systems, by the folders next to the places. */
  const elsewhere = new Map<string, string>();
  const outputs: StagedOutput[] = [];
  for (const output of files) {
    if (!NAME.test(output.name)) throw new OutputError(`${titleOfOutput(output)} has a name that no variable can have`);
    const { near, device } = await places.of(output);
    const there = device === dev ? undefined : (elsewhere.get(near) ?? join(near, stage, attemptName(which)));
    if (there !== undefined && !elsewhere.has(near)) {
      // The folder is listed before it is made: whoever settles the attempt finds it.
      await calls.append(join(folder, IN_ATTEMPT.elsewhere), `${JSON.stringify(there)}\n`);
      await makeElsewhere(there, calls);
      elsewhere.set(near, there);
    }
    const above = join(there ?? folder, output.name);
    try {
      await calls.mkdir(above);
    } catch (error) {
      throw new OutputError(`${titleOfOutput(output)} cannot be written anywhere: ${errnoText(error)}`, error);
    }
    outputs.push({ ...output, made: join(above, basename(output.path)), elsewhere: there });
  }
  return { root, folder, outputs };
}

/** The variables that tell a command where it writes its outputs. */
export function outputVariables({ outputs }: Pick<StagedTask, "outputs">): Record<string, string> {
  return Object.fromEntries(outputs.map(({ name, made }) => [`OUT_${name}`, made]));
}

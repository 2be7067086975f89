import { dirname, isAbsolute, join, resolve } from "node:path";
import { parseJson } from "../../domain/json.ts";
import { errnoText } from "../../domain/system-error.ts";
import { type Attempt, attemptNamed, IN_ATTEMPT, takenName } from "./attempt-names.ts";
import { hasFailedWith, OutputError, unlessMissing } from "./errors.ts";
import { FILE_CALLS, type FileCalls } from "./file-calls.ts";
import { parsePlan, type PlannedOutput } from "./plan.ts";
import { dropEmptyStage } from "./stage-folder.ts";
import { back, comeToAnEnd, type Step, stepIn } from "./steps.ts";

/**
 * Settles a stage whose run is over: what was to be put in place is, or what had come there is put back, and the rest is removed.
 *
 * @param root folder of the run's tasks.
 * @param stage as a path from there.
 * @param warn told of what cannot be settled, in one line; it stays where it is.
 */
export async function settleStage(
  root: string,
  stage: string,
  warn: (message: string) => void,
  calls: FileCalls = FILE_CALLS,
): Promise<void> {
  const home = join(root, stage);
  try {
    for (const { name, attempt } of await attemptsIn(home, calls)) {
      try {
        const why = await settleAttempt({ root, home, name, attempt }, calls);
        if (why !== undefined) warn(`outputs of task ${attempt.taskId} are as they were: ${why}`);
      } catch (error) {
        warn(`outputs of task ${attempt.taskId} are perhaps not all old or all new, see ${home}: ${errnoText(error)}`);
      }
    }
    // Nobody reads any more what was written for tasks.
    for (const name of await namesIn(home, calls)) {
      if (attemptNamed(name) === undefined) await calls.rm(join(home, name));
    }
    await dropEmptyStage(home, calls);
  } catch (error) {
    warn(`${home} cannot be settled: ${errnoText(error)}`);
  }
}

/**
 * Settles what attempts of a task have left.
 *
 * @param home the stage, as an absolute path.
 * @throws OutputError when outputs of the task can be brought neither to their places nor back.
 */
export async function settleTask(root: string, home: string, taskId: number, calls: FileCalls): Promise<void> {
  for (const { name, attempt } of await attemptsIn(home, calls)) {
    if (attempt.taskId === taskId) await settleAttempt({ root, home, name, attempt }, calls);
  }
}

interface NamedAttempt {
  readonly name: string;
  readonly attempt: Attempt;
}

/** What stands in a folder of attempts; nothing where there is no such folder. */
async function attemptsIn(folder: string, calls: FileCalls): Promise<NamedAttempt[]> {
  const names = await namesIn(folder, calls);
  return names.flatMap((name) => {
    const attempt = attemptNamed(name);
    return attempt === undefined ? [] : [{ name, attempt }];
  });
}

async function namesIn(folder: string, calls: FileCalls): Promise<string[]> {
  return (await unlessMissing(calls.readdir(folder))) ?? [];
}

interface LeftAttempt extends NamedAttempt {
  readonly root: string;
  readonly home: string;
}

/** @returns why its outputs are not in their places, though they were to be. */
async function settleAttempt(
  { root, home, name, attempt }: LeftAttempt,
  calls: FileCalls,
): Promise<string | undefined> {
  // Whoever is still at work there, frozen perhaps, finds nothing any more: the folder has another name from now on.
  const folder = join(home, takenName(attempt));
  try {
    await calls.rename(join(home, name), folder);
  } catch (error) {
    if (hasFailedWith(error, "ENOENT")) return undefined;
    throw error;
  }
  const elsewhere = new Map<string, string>();
  for (const listed of await listedIn(folder, calls)) {
    const taken = await takeElsewhere(resolve(root, listed), attempt, calls);
    if (taken !== undefined) elsewhere.set(listed, taken);
  }
  const failure = await finish({ root, folder, elsewhere }, calls);
  for (const taken of [...elsewhere.values(), folder]) await calls.rm(taken);
  for (const taken of elsewhere.values()) await dropEmptyStage(dirname(taken), calls);
  return failure === undefined ? undefined : errnoText(failure);
}

/** Folders of the attempt on other file systems. A torn last line is of one that was not made. */
async function listedIn(folder: string, calls: FileCalls): Promise<string[]> {
  const text = (await unlessMissing(calls.read(join(folder, IN_ATTEMPT.elsewhere)))) ?? "";
  return text.split("\n").flatMap((line) => {
    const path = parseJson(line);
    return typeof path === "string" ? [path] : [];
  });
}

/** @returns its folder under a name that nobody else knows; undefined where there is none. */
async function takeElsewhere(folder: string, attempt: Attempt, calls: FileCalls): Promise<string | undefined> {
  const home = dirname(folder);
  const left = await attemptsIn(home, calls);
  const one = left.find(
    ({ attempt: { taskId, attempt: nth } }) => taskId === attempt.taskId && nth === attempt.attempt,
  );
  const taken = join(home, takenName(attempt));
  if (one === undefined) return undefined;
  await calls.rename(join(home, one.name), taken);
  return taken;
}

interface TakenAttempt {
  readonly root: string;
  readonly folder: string;
  /** What its folders elsewhere are called now, by what they were. */
  readonly elsewhere: ReadonlyMap<string, string>;
}

/** @returns what went wrong when outputs were to be put in place, and are back now. */
async function finish(taken: TakenAttempt, calls: FileCalls): Promise<unknown> {
  const [ready, undo] = [join(taken.folder, IN_ATTEMPT.ready), join(taken.folder, IN_ATTEMPT.undo)];
  const toUndo = await unlessMissing(calls.read(undo));
  const text = toUndo ?? (await unlessMissing(calls.read(ready)));
  if (text === undefined) return undefined;
  const outputs = parsePlan(text);
  if (outputs === undefined)
    throw new OutputError(`${taken.folder} cannot be settled: what was to be done is not readable`);
  const steps = outputs.map((output) => stepOf(output, taken));
  if (toUndo === undefined) return comeToAnEnd(steps, { ready, undo }, calls);
  await back(steps, undo, calls);
  return undefined;
}

function stepOf({ path, elsewhere, ...output }: PlannedOutput, taken: TakenAttempt): Step {
  const folder = elsewhere === undefined ? taken.folder : taken.elsewhere.get(elsewhere);
  const place = isAbsolute(path) ? path : join(taken.root, path);
  // A folder that is gone had nothing in it that is not in its place.
  return stepIn(folder ?? join(taken.folder, IN_ATTEMPT.old, "gone"), { ...output, place, old: output.old });
}

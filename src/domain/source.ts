import type { TemplateTally } from "./instance-state.ts";
import type { StreamItem, Task, TaskOutcome } from "./task.ts";

/**
 * Where tasks come from. A source is pulled: it reads no further than it is asked to.
 *
 * Items may come in any order. What is required of task ids: they are whole numbers from 0, no two items have the same, and
 * a task has the same id whenever the run is resumed or recovered. They need not be consecutive, but memory is best used
 * when few are left out. Ids of barriers ascend. A source whose `total` is known beforehand yields tasks in the order of their ids.
 */
export interface TaskSource {
  /** Short name for people: the task file's path, or `stdin`. */
  readonly name: string;
  /** Tasks in all (barriers and per-engine commands not counted): known beforehand, at the end, or never. */
  readonly total?: number | undefined;
  /**
   * The next items, at least one and at most `limit`; none at all means the end. Resolves as soon as one item is there, and
   * stays pending while there is none and more are to come, however long that takes. Not called again before the last call
   * has resolved.
   *
   * @throws UserError when what comes next cannot be used.
   */
  next(limit: number): Promise<readonly StreamItem[]>;
  /**
   * A task that the source has yielded has its outcome, which stands in the records. Called once for each task of a run that
   * has one: it was run to its end, was given up, or needs no run since an earlier one has settled it. A task that was cut
   * short has none. Called before `next` is asked again, and before anything behind a barrier is started that the task
   * stands before. A new driver that takes up a run of another tells its source of all outcomes once more.
   *
   * What it throws drains the run, as what `next` throws does; after that nothing is told or asked any more.
   */
  settled?(task: Task, outcome: TaskOutcome): void;
  /** A try of a task has failed, and another one is due. */
  retrying?(task: Task): void;
  /** An engine has been given the task. */
  assigned?(task: Task): void;
  /**
   * A task with `isHeard` has printed more. The pieces of an attempt come in order and without gaps; after a loss of touch or of
   * the driver some come again, also of a task that the source has not yielded yet. All of an attempt's come before its outcome, or
   * the word that it is tried again. It is called once more, with no bytes, when all has come and the task has ended well; after a
   * loss of the driver perhaps twice. A task that is cut short may not have all of its bytes told.
   *
   * @param offset of the first byte within what the attempt has printed.
   * @returns how many bytes of the attempt need not be brought again, whatever dies.
   * @throws UserError when the task is to be ended, and its attempt has failed, for this reason.
   */
  printed?(task: Task, attempt: number, offset: number, bytes: Uint8Array): number;
  /** Tasks that are to come in all, as far as is known now, where `total` is not known: more may come, and some may not. */
  readonly expected?: number | undefined;
  /** How many instances of each template stand where; of a workflow alone. */
  tally?(): readonly TemplateTally[];
  /**
   * The task of this id as it is to be given out, of a source that records do not know enough of: its command and setting.
   * Undefined when there is none any more.
   */
  taskOf?(id: number): Task | undefined;
  /**
   * Resolves once all per-engine commands have been yielded. Only a source needs to say so that may have nothing else to yield
   * then, though tasks are to be run: those that a run had under way when its driver died.
   */
  readonly headGiven?: Promise<void>;
  /** Lets go of files and the like; an outstanding `next` resolves with no items. */
  close(): Promise<void>;
}

/** What has been added to a list: tasks and barriers are numbered in one sequence. */
export interface Submission {
  /** Id of the first task or barrier that it makes. */
  readonly first: number;
  /** How many tasks and barriers it makes; none when it only holds directives for what follows. */
  readonly count: number;
}

/** What is said of lines that are added to a list. */
export interface SubmitOptions {
  /**
   * Whoever submits all lines, which are counted from the first one of the list in the places of mistakes. Without it they are
   * counted within this submission.
   */
  readonly from?: string | undefined;
  /** Terms of these lines alone, in the words of task files: they count more than those of the list, and less than a line's own. */
  readonly terms?: string | undefined;
}

/** A list of tasks that grows while the run goes on, until somebody ends it. */
export interface GrowingList {
  /** Whether nothing can be added any more. */
  readonly isEnded: boolean;
  /** Ids that have been given to tasks and barriers are below this. */
  readonly ids: number;
  /** Tasks that it has so far, barriers not counted. */
  readonly tasks: number;
  /**
   * Adds lines of a task file, bytes as text: all of them, or none. They are kept when it returns.
   *
   * @throws UserError `list-ended`; `task-file-refused` for a mistake in them; `bad-terms`.
   * @throws Error when they cannot be kept.
   */
  submit(text: string, how?: SubmitOptions): Submission;
  /** Nothing more will be added. @throws Error when that cannot be kept. */
  end(): void;
}

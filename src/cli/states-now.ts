import { type InstanceState, isFinal } from "../domain/instance-state.ts";
import { MOST_ROWS, type RunInquiries, type TaskState } from "../domain/watch.ts";
import type { RunStanding } from "../run/workflow/past-standing.ts";
import type { Instance } from "../workflows/graph/instance.ts";

/** What a standing of the records is asked here. */
type Recorded = Pick<RunStanding, "stateOf" | "idOf">;

const UNDER_WAY: readonly TaskState[] = ["running", "assigned", "retrying"];

/** How the states of tasks are called where instances are told of; those that are missing say no more than the records do. */
const STATES: Readonly<Partial<Record<TaskState, InstanceState>>> = {
  assigned: "running",
  running: "running",
  retrying: "retrying",
  succeeded: "done",
  failed: "failed",
};

/**
 * States of instances by a run that goes on, which the records alone take for ready: they know of what has ended, and reading them
 * takes seconds. So what is under way is asked before they are read, and what has ended meanwhile stands in them.
 */
export class StatesNow {
  readonly #run: RunInquiries;
  /** By TaskID. */
  readonly #underWay: ReadonlyMap<number, InstanceState>;

  private constructor(run: RunInquiries, underWay: ReadonlyMap<number, InstanceState>) {
    this.#run = run;
    this.#underWay = underWay;
  }

  /** Asks the run for all that is under way, however much that is. */
  static async ask(run: RunInquiries): Promise<StatesNow> {
    const underWay = new Map<number, InstanceState>();
    let cursor: string | undefined;
    do {
      const page = await run.tasks({ states: UNDER_WAY, limit: MOST_ROWS, cursor });
      for (const { id, state } of page.rows) underWay.set(id, STATES[state] ?? "running");
      ({ cursor } = page);
    } while (cursor !== undefined);
    return new StatesNow(run, underWay);
  }

  /** The standing of the records, which were read since, with what the run says. @param about the instance that is told of. */
  async standing<Standing extends Recorded>(recorded: Standing, about: Instance): Promise<Standing> {
    const states = new Map(this.#underWay);
    const id = recorded.idOf(about);
    if (id !== -1 && !isFinal(recorded.stateOf(about))) {
      // It may have begun while the records were read.
      const row = (await this.#run.task(id))?.row;
      const known = row === undefined ? undefined : STATES[row.state];
      if (known !== undefined) states.set(id, known);
    }
    const stateOf = (instance: Instance): InstanceState | undefined => {
      const state = recorded.stateOf(instance);
      return isFinal(state) ? state : (states.get(recorded.idOf(instance)) ?? state);
    };
    return { ...recorded, stateOf };
  }
}

import type { TemplateTallies } from "../../domain/instance-state.ts";
import type { ContextState, EngineState, Snapshot } from "../../domain/snapshot.ts";
import type { ContextTally, Counts, EngineTally } from "./counts.ts";
import { isStopping, tasksLeft } from "./availability.ts";
import { onSlots } from "./engine-roll.ts";

/** What a snapshot says of the run itself, and of its tasks as their source has them. */
export interface RunIdentity {
  readonly jobId: string;
  readonly taskFile: string;
  /** Host name and process id of the driver. */
  readonly host: string;
  readonly pid: number;
  /** States of the instances, of a workflow alone. */
  readonly templates?: TemplateTallies | undefined;
}

/** @param now Unix time in seconds. */
export function snapshotOf(counts: Counts, run: RunIdentity, now: number): Snapshot {
  const { expected: total, succeeded, failed, skipped, retrying, running, started, phase, reason, engines } = counts;
  return {
    ...run,
    started: started ?? now,
    now,
    phase,
    reason,
    takesTasks: counts.takesTasks ? true : undefined,
    tasks: { total, succeeded, failed, skipped, retrying, running },
    contexts: contextStates(counts),
    // A rank is missing where a journal lacks a line.
    engines: engines.flatMap((tally) => engineState(tally, counts.contexts)),
  };
}

export function contextStates({ contexts, engines }: Counts): ContextState[] {
  return contexts.map((tally) => contextState(tally, engines));
}

function contextState(tally: ContextTally, engines: readonly EngineTally[]): ContextState {
  const { label, nodes } = tally.context;
  const state = { label, nodes: nodes.map(({ node }) => node), stopped: tally.stopped };
  const left = tasksLeft(tally, engines);
  return left === undefined ? state : { ...state, tasksLeft: left };
}

function engineState(tally: EngineTally, contexts: readonly ContextTally[]): EngineState {
  const { engine, state, heldBack, tasks, finished, failed } = tally;
  const bySlot = [...tasks.values()].toSorted((a, b) => a.slot - b.slot);
  const stopping = isStopping(tally, contexts);
  return { ...engine, state, stopping, heldBack, running: onSlots(tally), tasks: bySlot, finished, failed };
}

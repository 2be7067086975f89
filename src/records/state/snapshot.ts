import type { ContextState, EngineState, Snapshot } from "../../domain/snapshot.ts";
import type { ContextTally, Counts, EngineTally } from "./counts.ts";
import { onSlots } from "./engine-roll.ts";

/** What a snapshot says of the run itself. */
export interface RunIdentity {
  readonly jobId: string;
  readonly taskFile: string;
  /** Host name and process id of the driver. */
  readonly host: string;
  readonly pid: number;
}

/** @param now Unix time in seconds. */
export function snapshotOf(counts: Counts, run: RunIdentity, now: number): Snapshot {
  const { total, succeeded, failed, skipped, running, started, phase, reason, engines } = counts;
  return {
    ...run,
    started: started ?? now,
    now,
    phase,
    reason,
    tasks: { total, succeeded, failed, skipped, running },
    contexts: contextStates(counts),
    // A rank is missing where a journal lacks a line.
    engines: engines.flatMap((tally) => engineState(tally)),
  };
}

export function contextStates({ contexts, engines }: Counts): ContextState[] {
  return contexts.map((tally) => contextState(tally, engines));
}

function contextState({ context, stopped, settled }: ContextTally, engines: readonly EngineTally[]): ContextState {
  const { label, nodes, taskLimit } = context;
  const state = { label, nodes: nodes.map(({ node }) => node), stopped };
  if (taskLimit === 0) return state;
  const held = engines.reduce((sum, { engine, assigned }) => (engine.context === label ? sum + assigned : sum), 0);
  return { ...state, tasksLeft: Math.max(0, taskLimit - settled - held) };
}

function engineState(tally: EngineTally): EngineState {
  const { engine, state, tasks, finished, failed } = tally;
  const bySlot = [...tasks.values()].toSorted((a, b) => a.slot - b.slot);
  return { ...engine, state, running: onSlots(tally), tasks: bySlot, finished, failed };
}

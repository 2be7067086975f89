/** States of runs, tasks, engines and instances: a sign, a tone and a word for each, so that none goes by its colour alone. */

import type { InstanceState } from "../../domain/instance-state.ts";
import type { EngineView, RunView, TaskState } from "../../domain/watch.ts";

/** What a state means to somebody who looks; each has a colour. */
export type Tone = "good" | "bad" | "warn" | "busy" | "calm" | "past";

export interface StateWords {
  readonly sign: string;
  readonly tone: Tone;
  readonly word: string;
}

/** Everything that has a state; the same word means the same everywhere. */
type StateName =
  | TaskState
  | EngineView["state"]
  | RunView["phase"]
  | InstanceState
  | "reading"
  | "ended early"
  | "stopping";

const STATES: Readonly<Record<StateName, Omit<StateWords, "word">>> = {
  waiting: { sign: "◌", tone: "calm" },
  assigned: { sign: "◔", tone: "calm" },
  ready: { sign: "●", tone: "good" },
  running: { sign: "▶", tone: "busy" },
  retrying: { sign: "↻", tone: "warn" },
  succeeded: { sign: "✔", tone: "good" },
  done: { sign: "✔", tone: "good" },
  reused: { sign: "✔", tone: "past" },
  failed: { sign: "✗", tone: "bad" },
  killed: { sign: "✗", tone: "bad" },
  skipped: { sign: "↷", tone: "past" },
  blocked: { sign: "⊘", tone: "warn" },
  interrupted: { sign: "◫", tone: "warn" },
  starting: { sign: "◔", tone: "calm" },
  silent: { sign: "◍", tone: "warn" },
  left: { sign: "○", tone: "past" },
  lost: { sign: "✗", tone: "bad" },
  reading: { sign: "◔", tone: "calm" },
  draining: { sign: "▽", tone: "warn" },
  terminating: { sign: "▼", tone: "bad" },
  ended: { sign: "✔", tone: "good" },
  "ended early": { sign: "◫", tone: "warn" },
  stopping: { sign: "▽", tone: "warn" },
};

/** Words that tell more than the names of their states. */
const WORDS: Partial<Record<StateName, string>> = { silent: "out of touch" };

/** How a state is shown. A name that this page does not know, from a newer server, is shown as it is. */
export function stateWords(name: string): StateWords {
  return isState(name) ? { ...STATES[name], word: WORDS[name] ?? name } : { sign: "·", tone: "calm", word: name };
}

function isState(name: string): name is StateName {
  return Object.hasOwn(STATES, name);
}

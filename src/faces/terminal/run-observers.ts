import type { RunObserver } from "../../domain/events.ts";
import { messageOf } from "../../domain/system-error.ts";
import type { RunState } from "../../records/state/run-state.ts";
import { clockWith } from "./clock.ts";
import { Messages } from "./messages.ts";
import { PlainProgress, ProgressBar, type ProgressMode, resolveProgressMode } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** A run as far as a terminal shows it. */
export interface ShownRun {
  readonly counts: RunState;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** The program that adds engines to it. */
  readonly utility: string;
  /** Whether the run has a key-value server. */
  readonly hasKvs: boolean;
}

/** How a run is shown. */
export interface ShowOptions {
  /** What the user wants to see meanwhile. */
  readonly progress: ProgressMode;
  /** The output is a terminal. */
  readonly isTTY: boolean;
  /** Variables that say what the terminal can do. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Tells the user something, in one line. */
  readonly say: (message: string) => void;
}

/** What shows a run on a terminal while it goes on: messages, and progress in the form that fits. */
export function terminalObservers(
  { counts, now, utility, hasKvs }: ShownRun,
  terminal: Terminal,
  { progress, isTTY, env, say }: ShowOptions,
): readonly RunObserver[] {
  const clock = clockWith(now, (error) => say(`warning: progress is shown no more: ${messageOf(error)}`));
  const tell = (line: string): void => terminal.message(`disbatch: ${line}`);
  const messages = new Messages({ counts, utility, hasKvs, byHand: "Ctrl-C", tell });
  const mode = resolveProgressMode(progress, { isTTY, term: env["TERM"] });
  const colour = isTTY && (env["NO_COLOR"] ?? "") === "";
  if (mode === "bar") return [messages, new ProgressBar({ counts, terminal, clock, colour })];
  if (mode === "plain") return [messages, new PlainProgress({ counts, terminal, clock })];
  return [messages];
}

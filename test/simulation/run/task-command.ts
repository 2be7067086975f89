/** What a simulated task does: it takes its time, and ends, or ends its engine. */
export interface TaskBehaviour {
  readonly seconds: number;
  readonly exitCode: number;
  /** It pays no heed to TERM. */
  readonly stubborn: boolean;
  /** It does not end by itself, but kills its engine. */
  readonly kills: boolean;
  /** So many tries of it fail before one ends with its exit code. */
  readonly flaky: number;
  /** Lines that it prints meanwhile. */
  readonly prints?: readonly string[];
}

/** How a try ends that fails as flaky tasks do. */
export const FLAKY_CODE = 75;

const COMMAND = /^work ([0-9.]+) s, (?:exit ([0-9]+)|(kill))(, stubborn)?(?:, flaky ([0-9]+))?(?:, prints ([0-9 ]+))?$/;

/** The behaviour as a command, for the task file and for whoever reads a trace. */
export function commandOf({ seconds, exitCode, stubborn, kills, flaky, prints = [] }: TaskBehaviour): string {
  const how = `${kills ? "kill" : `exit ${exitCode}`}${stubborn ? ", stubborn" : ""}`;
  return `work ${seconds.toFixed(3)} s, ${how}${flaky > 0 ? `, flaky ${flaky}` : ""}${prints.length > 0 ? `, prints ${prints.join(" ")}` : ""}`;
}

/** @throws Error when it is none of ours: a command has been changed on its way. */
export function behaviourOf(command: string): TaskBehaviour {
  const [, seconds, exitCode = "0", kills, stubborn, flaky = "0", prints] = COMMAND.exec(command) ?? [];
  if (seconds === undefined) throw new Error(`not a simulated command: ${command}`);
  const [isStubborn, isKiller] = [stubborn !== undefined, kills !== undefined];
  return {
    ...{ seconds: Number(seconds), exitCode: Number(exitCode) },
    ...{ stubborn: isStubborn, kills: isKiller, flaky: Number(flaky), prints: prints?.split(" ") ?? [] },
  };
}

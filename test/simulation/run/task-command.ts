/** What a simulated task does: it takes its time, and ends. */
export interface TaskBehaviour {
  readonly seconds: number;
  readonly exitCode: number;
  /** It pays no heed to TERM. */
  readonly stubborn: boolean;
}

const COMMAND = /^work ([0-9.]+) s, exit ([0-9]+)(, stubborn)?$/;

/** The behaviour as a command, for the task file and for whoever reads a trace. */
export function commandOf({ seconds, exitCode, stubborn }: TaskBehaviour): string {
  return `work ${seconds.toFixed(3)} s, exit ${exitCode}${stubborn ? ", stubborn" : ""}`;
}

/** @throws Error when it is none of ours: a command has been changed on its way. */
export function behaviourOf(command: string): TaskBehaviour {
  const [, seconds, exitCode, stubborn] = COMMAND.exec(command) ?? [];
  if (seconds === undefined || exitCode === undefined) throw new Error(`not a simulated command: ${command}`);
  return { seconds: Number(seconds), exitCode: Number(exitCode), stubborn: stubborn !== undefined };
}

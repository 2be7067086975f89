import { noneHeard } from "../../../../src/node/engine/heard-tasks.ts";
import type { Ending } from "../../../../src/domain/ending.ts";
import type { CommandOutcome } from "../../../../src/domain/result.ts";
import type { TaskEnvironment } from "../../../../src/node/engine/environment.ts";
import type { Running, StartHow } from "../../../../src/node/engine/workplace.ts";

/** A command that only pretends to run. */
export interface PretendedCommand extends Running {
  readonly command: string;
  readonly env: TaskEnvironment;
  /** A program, and its arguments, that would have become its shell. */
  readonly before: readonly string[];
  readonly isAbandoned: boolean;
  /** The system has room for it now. */
  begin(pid: number): void;
  end(ending: Ending): void;
}

const NOTHING = { from: 0, data: Buffer.alloc(0) };

/** When they say that they have been started, Unix time in seconds. */
export const STARTED_AT = 1;

/** Starts commands that wait for a process until the test says that they have one. */
export class PretendedCommands {
  readonly started: PretendedCommand[] = [];

  readonly start = (
    command: string,
    env: Readonly<TaskEnvironment>,
    done: (outcome: CommandOutcome) => void,
    started: (pid: number, start: number) => void = () => undefined,
    { before = [], workdir, argv }: Partial<StartHow> = {},
  ): Running => {
    const output = { bytes: 0, snippet: "" };
    const pretended = {
      ...{
        command,
        env: { ...env },
        before,
        workdir,
        argv,
        pid: -1,
        start: undefined as number | undefined,
        isAbandoned: false,
      },
      abandon: () => void (pretended.isAbandoned = true),
      boundOutput: () => Promise.resolve(),
      heard: (from: number) => Promise.resolve(noneHeard(from)),
      letGo: () => undefined,
      printed: () => Promise.resolve({ stdout: NOTHING, stderr: NOTHING }),
      begin: (pid: number) => {
        pretended.pid = pid;
        pretended.start = STARTED_AT;
        started(pid, STARTED_AT);
      },
      end: (ending: Ending) =>
        done({ pid: pretended.pid, ending, start: STARTED_AT, finish: 2, output, error: output }),
    };
    this.started.push(pretended);
    return pretended;
  };

  /** The newest of them. */
  get last(): PretendedCommand {
    const last = this.started.at(-1);
    if (last === undefined) throw new Error("nothing has been started");
    return last;
  }
}

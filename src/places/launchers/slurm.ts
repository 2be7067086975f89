import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import type { NodeSlots } from "../../domain/engine.ts";
import type { EngineTerms } from "../../domain/engine-terms.ts";
import type { CallsFrom, EngineProcess, Invite } from "../../domain/launcher.ts";
import { messageOf } from "../../domain/system-error.ts";
import { outOfReach } from "./adopted-engine.ts";
import { openOutput } from "./engine-output.ts";
import {
  type EngineStarter,
  type KnownEngine,
  specify,
  tell,
  type UninvitedSpec,
  wrapLogOf,
} from "./engine-starter.ts";
import { notStarted, SrunEngine } from "./srun-engine.ts";

export interface SlurmStarterOptions {
  readonly terms: EngineTerms;
  /** How this very program is started as an engine: a file and its first arguments. */
  readonly program: readonly [string, ...string[]];
  /** What srun is given in front of the program, and its environment. */
  readonly srun: (node: NodeSlots) => SrunCall;
  /** Where engines of a node call from. */
  readonly callsFrom: (node: string) => CallsFrom;
  /** Told when no engine is going to run any more on a node that others could use, with the exit code of what ran there. */
  readonly release: (node: string, code: number) => void;
  /** Tells the user something, in one line. */
  readonly say: (message: string) => void;
}

interface SrunCall {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Exit code of what ran an engine, where nobody knows it. */
const UNKNOWN_CODE = 1;

/** Starts engine processes on the nodes of a Slurm job, with one step for each. */
export class SlurmStarter implements EngineStarter {
  readonly #options: SlurmStarterOptions;

  constructor(options: SlurmStarterOptions) {
    this.#options = options;
  }

  start(label: string, node: NodeSlots, invite: Invite, engineId?: string): EngineProcess {
    const { program, srun, terms, callsFrom, say } = this.#options;
    const spec: UninvitedSpec = {
      ...specify(terms, label, node, engineId),
      // Slurm gives each task of a step its own share of the node, and its signals reach every process there.
      slotProcesses: true,
      sharedSignals: true,
    };
    const output = openOutput(wrapLogOf(spec), say);
    const { args, env } = srun(node);
    try {
      const child = spawn("srun", [...args, `--chdir=${terms.cwd}`, ...program], {
        env: { ...env },
        stdio: ["pipe", output.descriptor, output.descriptor],
        // A session of its own: Ctrl-C on the terminal reaches the driver alone, which decides.
        detached: true,
      });
      if (child.stdin !== null) void tell(child.stdin, spec, invite(callsFrom(node.node)));
      return new SrunEngine(spec, child, output);
    } catch (error) {
      return notStarted(spec, `srun cannot be started: ${messageOf(error)}`);
    } finally {
      closeSync(output.descriptor);
    }
  }

  /** The srun that it hangs on has lost its parent, and goes when the engine does. */
  adopt(_label: string, node: NodeSlots, { id }: KnownEngine): EngineProcess {
    return outOfReach(node, id);
  }

  over(engine: EngineProcess, { node }: NodeSlots): void {
    // A node that is given back takes with it whatever still runs there.
    void engine.ended.then(({ code = UNKNOWN_CODE }) => this.#options.release(node, code));
  }
}

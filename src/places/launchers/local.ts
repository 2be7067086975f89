import { spawn, type ChildProcess } from "node:child_process";
import { closeSync } from "node:fs";
import { ENGINE_MARK, type NodeSlots } from "../../domain/engine.ts";
import type { EngineTerms } from "../../domain/engine-terms.ts";
import type { CallsFrom, EngineProcess, Invite, ProcessEnd } from "../../domain/launcher.ts";
import { messageOf } from "../../domain/system-error.ts";
import { stopProcesses } from "../../node/process/stop-processes.ts";
import { adoptHere, outOfReach } from "./adopted-engine.ts";
import { type EngineOutput, lastLineOf, openOutput, seeOutput } from "./engine-output.ts";
import { type EngineStarter, type KnownEngine, specify, tell, wrapLogOf } from "./engine-starter.ts";

export interface LocalStarterOptions {
  readonly terms: EngineTerms;
  /** How this very program is started as an engine: a file and its first arguments. */
  readonly program: readonly [string, ...string[]];
  /** Where engines of this machine call from: elsewhere, when the driver is on another. */
  readonly callsFrom: CallsFrom;
  /** Name of this machine, as its node goes by. */
  readonly host: string;
  /** Tells the user something, in one line. */
  readonly say: (message: string) => void;
}

/** Starts engine processes on this machine. */
export class LocalStarter implements EngineStarter {
  readonly #options: LocalStarterOptions;

  constructor(options: LocalStarterOptions) {
    this.#options = options;
  }

  start(label: string, node: NodeSlots, invite: Invite, engineId?: string): EngineProcess {
    const { program, terms, callsFrom, say } = this.#options;
    const spec = specify(terms, label, node, engineId);
    const { engineId: id, slots } = spec;
    const started = spawnInto(openOutput(wrapLogOf(spec), say), program, terms.cwd);
    if (typeof started === "string") {
      const ended = Promise.resolve({ certain: true, reason: started });
      return { id, node: node.node, slots, ended, kill: () => Promise.resolve(true) };
    }
    const { child, ended } = started;
    // Where it could not be started, for want of descriptors, Node leaves its streams out.
    if (child.stdin) void tell(child.stdin, spec, invite(callsFrom));
    const groups = new Set(child.pid === undefined ? [] : [child.pid]);
    // Its number may be another's from then on; what its tasks have left is found by the mark.
    child.once("exit", () => groups.clear());
    return {
      id,
      node: node.node,
      slots,
      ended,
      kill: async () => {
        await stopProcesses({ name: ENGINE_MARK, value: id }, groups, () => 0);
        return true;
      },
    };
  }

  adopt(label: string, node: NodeSlots, engine: KnownEngine): EngineProcess {
    // A driver that takes up a run may be on another machine than the one that began it.
    if (node.node !== this.#options.host) return outOfReach(node, engine.id);
    return adoptHere(node, engine, wrapLogOf(specify(this.#options.terms, label, node, engine.id)));
  }
}

interface StartedProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<ProcessEnd>;
}

/** @returns why it cannot be started, when that is so. */
function spawnInto(
  output: EngineOutput,
  [file, ...args]: LocalStarterOptions["program"],
  cwd: string,
): StartedProcess | string {
  const { descriptor } = output;
  try {
    // A session of its own: Ctrl-C on the terminal reaches the driver alone, which decides.
    const child = spawn(file, args, { cwd, stdio: ["pipe", descriptor, descriptor], detached: true });
    return { child, ended: endOf(child, output) };
  } catch (error) {
    return cannotStart(error);
  } finally {
    closeSync(descriptor);
  }
}

function endOf(child: ChildProcess, output: EngineOutput): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ certain: true, reason: cannotStart(error) }));
    child.once("exit", (code, signal) => {
      if (code === 0) return resolve({ certain: true });
      const how = lastLineOf(output) ?? `it ended with ${signal ?? `exit code ${code}`}`;
      return resolve({ certain: true, reason: `${how}${seeOutput(output)}` });
    });
  });
}

function cannotStart(error: unknown): string {
  return `the engine cannot be started: ${messageOf(error)}`;
}

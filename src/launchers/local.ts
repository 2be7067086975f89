import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { ENGINE_MARK, type NodeSlots } from "../domain/engine.ts";
import type { EngineProcess, Invite } from "../domain/launcher.ts";
import { errnoText } from "../domain/system-error.ts";
import { stopProcesses } from "../process/stop-processes.ts";
import { type EngineSettings, type EngineStarter, lastLineOf, specify, tell, wrapLogOf } from "./engine-starter.ts";

export interface LocalStarterOptions extends EngineSettings {
  /** How this very program is started as an engine: a file and its first arguments. */
  readonly program: readonly [string, ...string[]];
  /** Where engines of this machine call from: elsewhere, when the driver is on another. */
  readonly callsFrom: "here" | "elsewhere";
}

/** Starts engine processes on this machine. */
export class LocalStarter implements EngineStarter {
  readonly #options: LocalStarterOptions;

  constructor(options: LocalStarterOptions) {
    this.#options = options;
  }

  start(label: string, node: NodeSlots, invite: Invite): EngineProcess {
    const { program, cwd, callsFrom } = this.#options;
    const spec = specify(this.#options, label, node);
    const wrapLog = wrapLogOf(spec);
    const { engineId: id, slots } = spec;
    const output = openLog(wrapLog);
    if (output.type === "failed") {
      const ended = Promise.resolve(output.reason);
      return { id, node: node.node, slots, ended, kill: () => Promise.resolve(true) };
    }
    const { descriptor } = output;
    // A session of its own: Ctrl-C on the terminal reaches the driver alone, which decides.
    const child = spawn(program[0], program.slice(1), { cwd, stdio: ["pipe", descriptor, descriptor], detached: true });
    closeSync(descriptor);
    const ended = endOf(child, wrapLog);
    if (child.stdin !== null) void tell(child.stdin, spec, invite(callsFrom));
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
}

type OpenedLog =
  | { readonly type: "opened"; readonly descriptor: number }
  | { readonly type: "failed"; readonly reason: string };

/** Without its log an engine is not started: nobody would hear what goes wrong. */
function openLog(path: string): OpenedLog {
  try {
    return { type: "opened", descriptor: openSync(path, "a") };
  } catch (error) {
    const reason = `cannot write ${path}, where an engine says what goes wrong: ${errnoText(error)}`;
    return { type: "failed", reason };
  }
}

/** Resolves with why the engine process ended, unless it ended well. */
function endOf(child: ChildProcess, wrapLog: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(`the engine cannot be started: ${error.message}`));
    child.once("exit", (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(`${lastLineOf(wrapLog) ?? `it ended with ${signal ?? `exit code ${code}`}`} (see ${wrapLog})`);
    });
  });
}

import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import type { Writable } from "node:stream";
import { closeSync, openSync, readFileSync } from "node:fs";
import { type Context, ENGINE_MARK, type NodeSlots } from "../domain/engine.ts";
import type { EngineProcess, Invitation, Launcher } from "../domain/launcher.ts";
import { stopProcesses } from "../process/stop-processes.ts";
import type { EngineSpec } from "../wire/engine-spec.ts";

export interface LocalLauncherOptions {
  readonly context: Context;
  /** How this very program is started as an engine: a file and its first arguments. */
  readonly program: readonly [string, ...string[]];
  /** Names of variables whose values are dealt out over the slots. */
  readonly resources: readonly string[];
  /** Working directory of the tasks. */
  readonly cwd: string;
  /** Beginning of the paths of all files of the run. */
  readonly prefix: string;
  readonly logLevel: string;
}

/** Starts one engine process for each node of the context, on this machine. */
export class LocalLauncher implements Launcher {
  readonly context: Context;
  readonly #options: LocalLauncherOptions;

  constructor(options: LocalLauncherOptions) {
    this.context = options.context;
    this.#options = options;
  }

  launch(invitation: Promise<Invitation>): readonly EngineProcess[] {
    return this.context.nodes.map((node) => this.#launchOne(node, invitation));
  }

  #launchOne({ node, slots, coresPerSlot }: NodeSlots, invitation: Promise<Invitation>): EngineProcess {
    const { program, cwd, prefix, resources, logLevel } = this.#options;
    const logPrefix = `${prefix}_${this.context.label}_${node}_engine_`;
    const engineId = randomUUID();
    const wrapLog = `${logPrefix}wrap.log`;
    const output = openSync(wrapLog, "a");
    // A session of its own: Ctrl-C on the terminal reaches the driver alone, which decides.
    const child = spawn(program[0], program.slice(1), { cwd, stdio: ["pipe", output, output], detached: true });
    closeSync(output);
    const ended = endOf(child, wrapLog);
    const context = this.context.label;
    const spec = { engineId, context, node, slots, coresPerSlot, cwd, logPrefix, logLevel, resources: [...resources] };
    if (child.stdin !== null) void specify(child.stdin, spec, invitation);
    const groups = new Set(child.pid === undefined ? [] : [child.pid]);
    return {
      id: engineId,
      node,
      ended,
      kill: () => stopProcesses({ name: ENGINE_MARK, value: engineId }, groups, () => 0),
    };
  }
}

/** Tells the engine what it is to do; nothing, when the invitation fails, and then it goes again. */
async function specify(
  stdin: Writable,
  spec: Omit<EngineSpec, "invitation">,
  invitation: Promise<Invitation>,
): Promise<void> {
  // An engine that has ended already says why in another way.
  stdin.on("error", () => undefined);
  try {
    const { addresses, credentials } = await invitation;
    const complete: EngineSpec = {
      ...spec,
      invitation: { addresses: [...addresses], credentials: { ...credentials } },
    };
    stdin.end(JSON.stringify(complete));
  } catch {
    stdin.end();
  }
}

/** Resolves with why the engine process ended, unless it ended well. */
function endOf(child: ChildProcess, wrapLog: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(`the engine cannot be started: ${error.message}`));
    child.once("exit", (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(`${lastLine(wrapLog) ?? `it ended with ${signal ?? `exit code ${code}`}`} (see ${wrapLog})`);
    });
  });
}

/** What the engine said last. */
function lastLine(path: string): string | undefined {
  try {
    const line = readFileSync(path, "utf8").trimEnd().split("\n").at(-1)?.slice(0, 300);
    return line === "" ? undefined : line;
  } catch {
    return undefined;
  }
}

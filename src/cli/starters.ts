import { realpathSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import type { CallsFrom } from "../domain/launcher.ts";
import type { Starters } from "../launchers/context-launcher.ts";
import type { EngineSettings } from "../launchers/engine-starter.ts";
import { LocalStarter } from "../launchers/local.ts";
import { SshStarter } from "../launchers/ssh.ts";
import { ENGINE_ARGUMENTS } from "../wire/engine-verbs.ts";
import type { ContextOptions } from "./context-options.ts";
import { VERSION } from "./version.ts";

export interface StarterOptions {
  readonly settings: EngineSettings;
  /** How this program is started: a file and its first arguments. */
  readonly command: readonly [string, ...string[]];
  readonly ssh: Pick<ContextOptions, "sshParallel" | "sshTransport">;
  /** Where engines of this machine call from: elsewhere, when the driver is on another. */
  readonly callsFrom: CallsFrom;
  /** The user's environment, which ssh goes by. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Tells the user something, in one line. */
  readonly say: (message: string) => void;
}

/** The ways to start engines: on this machine, and on others over SSH. */
export function makeStarters(options: StarterOptions): Starters {
  const { settings, command, ssh, callsFrom, env, say } = options;
  const executable = findExecutable(command);
  return {
    local: new LocalStarter({ ...settings, program: [...command, ...ENGINE_ARGUMENTS], callsFrom, host: hostname() }),
    remote: new SshStarter({
      ...settings,
      program: { command, version: VERSION, ...(executable === undefined ? {} : { executable }) },
      parallel: ssh.sshParallel,
      // Loaded late: most runs need none of it.
      openSession: async (destination, signal) => {
        const { openSession } = await import("../ssh/open-session.ts");
        return openSession(destination, { transport: ssh.sshTransport, env, signal, warn: say });
      },
      say,
    }),
  };
}

/** The single executable: this very program, or what the build has put beside the bundle. */
function findExecutable([runtime, script]: readonly string[]): string | undefined {
  if (script === undefined) return runtime;
  try {
    const bundle = realpathSync(script);
    const executable = join(dirname(bundle), "disbatch");
    return executable !== bundle && statSync(executable).isFile() ? executable : undefined;
  } catch {
    return undefined;
  }
}

import { realpathSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import type { EngineTerms } from "../domain/engine-terms.ts";
import type { CallsFrom } from "../domain/launcher.ts";
import type { Starters } from "./launchers/context-launcher.ts";
import { LocalStarter } from "./launchers/local.ts";
import { SshStarter } from "./launchers/ssh.ts";
import { SlurmStarter } from "./launchers/slurm.ts";
import { BASH } from "../node/process/bash.ts";
import { runProgram, slurmPrograms } from "./slurm/ask.ts";
import { NodeReleaser } from "./slurm/node-releaser.ts";
import { srunArguments, srunEnvironment } from "./slurm/srun.ts";
import { ENGINE_ARGUMENTS } from "../wire/engine-verbs.ts";
import type { ContextSettings } from "./context-settings.ts";
import type { SlurmPlace } from "./slurm-place.ts";

export interface StarterOptions {
  readonly terms: EngineTerms;
  /** How this program is started: a file and its first arguments. */
  readonly command: readonly [string, ...string[]];
  /** Version of this program. */
  readonly version: string;
  readonly ssh: Pick<ContextSettings, "sshParallel" | "sshTransport">;
  /** Where engines of this machine call from: elsewhere, when the driver is on another. */
  readonly callsFrom: CallsFrom;
  /** The user's environment, which ssh goes by. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The Slurm job that this process is part of, if its nodes are to be used. */
  readonly slurm?: SlurmJobToUse | undefined;
  /** Tells the user something, in one line. */
  readonly say: (message: string) => void;
}

/** A Slurm job, and what is to become of its nodes. */
export interface SlurmJobToUse {
  readonly place: SlurmPlace;
  /** Nodes with nothing left to do are given back. */
  readonly retire: boolean;
  /** By this shell command, in place of scontrol. */
  readonly retireCmd: string | undefined;
  /** Takes note of something, in one line. */
  readonly note: (message: string) => void;
}

/** @param note takes note of something, in one line. */
export function jobToUse(
  place: SlurmPlace,
  { retire, retireCmd }: Pick<ContextSettings, "retire" | "retireCmd">,
  note: (message: string) => void,
): SlurmJobToUse {
  return { place, retire, note, retireCmd };
}

/** The ways to start engines: on this machine, on others over SSH, and in a Slurm job. */
export function makeStarters(options: StarterOptions): Starters {
  const { terms, command, version, ssh, slurm, callsFrom, env, say } = options;
  const executable = findExecutable(command);
  return {
    local: new LocalStarter({
      terms,
      program: [...command, ...ENGINE_ARGUMENTS],
      callsFrom,
      host: hostname(),
      say,
    }),
    slurm: slurm && slurmStarter(options, slurm),
    remote: new SshStarter({
      terms,
      program: { command, version, executable },
      parallel: ssh.sshParallel,
      // Loaded late: most runs need none of it.
      openSession: async (destination, signal) => {
        const { openSession } = await import("./ssh/open-session.ts");
        return openSession(destination, { transport: ssh.sshTransport, env, signal, warn: say });
      },
      say,
    }),
  };
}

function slurmStarter({ terms, command, callsFrom, env, say }: StarterOptions, slurm: SlurmJobToUse): SlurmStarter {
  const { job, ownNode, srunOptions, cluster } = slurm.place;
  const cores = new Map(job.nodes.map(({ name, cpus }) => [name, cpus]));
  const releaser = slurm.retire ? nodeReleaser(slurm, env) : undefined;
  return new SlurmStarter({
    terms,
    program: [...command, ...ENGINE_ARGUMENTS],
    callsFrom: (node) => (node === ownNode ? callsFrom : "elsewhere"),
    srun: ({ node, slots, coresPerSlot }) => {
      const request = {
        jobId: job.id,
        node,
        slots,
        coresPerSlot,
        cpus: cores.get(node) ?? slots,
        binds: cluster.bindsTasks,
        options: srunOptions,
      };
      return { args: srunArguments(request), env: srunEnvironment(request, env) };
    },
    release: (node, code) => releaser?.release(node, code),
    say,
  });
}

function nodeReleaser({ place, retireCmd, note }: SlurmJobToUse, env: StarterOptions["env"]): NodeReleaser {
  const { job, ownNode, draft } = place;
  const nodes = job.nodes.map(({ name }) => name);
  const used = new Set(draft.nodes.map(({ node }) => node));
  return new NodeReleaser({
    jobId: job.id,
    nodes,
    unused: nodes.filter((name) => !used.has(name)),
    ownNode,
    ask: slurmPrograms(env),
    retire:
      retireCmd === undefined
        ? undefined
        : (variables) => runProgram(BASH, ["-c", retireCmd], { ...env, ...variables }),
    note,
  });
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

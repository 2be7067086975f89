import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Writable } from "node:stream";

import type { Context, NodeSlots } from "../src/domain/engine.ts";
import type { EngineProcess, Invitation, Invite, Launcher, ProcessEnd } from "../src/domain/launcher.ts";
import { LEASE } from "../src/domain/lease.ts";
import { LIMITS } from "../src/domain/limits.ts";
import type { EngineSpec } from "../src/wire/engine-spec.ts";

const PROGRAM = join(import.meta.dirname, "simulated-engines.ts");

/** Starts the simulated engines of its context, all in one process, with the runtime that runs this. */
export class SimulatedLauncher implements Launcher {
  readonly context: Context;
  #process: ChildProcess | undefined;

  constructor(engines: number, slots: number) {
    const nodes = Array.from({ length: engines }, (_, i) => ({ node: `node${i}`, slots, coresPerSlot: 1 }));
    this.context = { label: "SIMULATED", nodes, taskLimit: 0 };
  }

  start(first: NodeSlots, invite: Invite): EngineProcess {
    this.#process ??= this.#startAll(invite);
    const { node, slots } = first;
    const child = this.#process;
    const ended = once(child, "exit").then(([code]: unknown[]): ProcessEnd => {
      const reason = `the simulated engines ended with exit code ${String(code)}`;
      return { certain: true, ...(code === 0 ? {} : { reason }) };
    });
    return { id: node, node, slots, ended, kill: async () => child.kill("SIGKILL") };
  }

  adopt(): EngineProcess {
    throw new Error("no run of simulated engines is recovered");
  }

  #startAll(invite: Invite): ChildProcess {
    const child = spawn(process.execPath, [PROGRAM], { stdio: ["pipe", "inherit", "inherit"] });
    child.setMaxListeners(0);
    const specs = this.context.nodes.map(({ node, slots, coresPerSlot }): Omit<EngineSpec, "invitation"> => ({
      engineId: node,
      context: this.context.label,
      node,
      slots,
      coresPerSlot,
      terms: {
        resources: [],
        cwd: "/",
        prefix: "",
        output: { keep: "none", limit: 65_536 },
        threadEnv: true,
        limits: LIMITS,
        offer: { named: {} },
        logLevel: "INFO",
        logFormat: "text",
        lease: LEASE,
        onDriverLost: "kill",
      },
    }));
    void specify(child.stdin, specs, invite("here"));
    return child;
  }
}

/** One specification a line. */
async function specify(
  stdin: Writable,
  specs: readonly Omit<EngineSpec, "invitation">[],
  invitation: Promise<Invitation>,
): Promise<void> {
  const given = await invitation;
  stdin.end(specs.map((spec) => `${JSON.stringify({ ...spec, invitation: given })}\n`).join(""));
}

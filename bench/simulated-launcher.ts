import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Writable } from "node:stream";

import type { Context } from "../src/domain/engine.ts";
import type { EngineProcess, Invitation, Invite, Launcher } from "../src/domain/launcher.ts";
import type { EngineSpec } from "../src/wire/engine-spec.ts";

const PROGRAM = join(import.meta.dirname, "simulated-engines.ts");

/** Starts the simulated engines of its context, all in one process, with the runtime that runs this. */
export class SimulatedLauncher implements Launcher {
  readonly context: Context;

  constructor(engines: number, slots: number) {
    const nodes = Array.from({ length: engines }, (_, i) => ({ node: `node${i}`, slots, coresPerSlot: 1 }));
    this.context = { label: "SIMULATED", nodes, taskLimit: 0 };
  }

  launch(invite: Invite): readonly EngineProcess[] {
    const child = spawn(process.execPath, [PROGRAM], { stdio: ["pipe", "inherit", "inherit"] });
    const ended = once(child, "exit").then(([code]: unknown[]) =>
      code === 0 ? undefined : `the simulated engines ended with exit code ${String(code)}`,
    );
    const specs = this.context.nodes.map(({ node, slots, coresPerSlot }): Omit<EngineSpec, "invitation"> => ({
      engineId: node,
      context: this.context.label,
      node,
      slots,
      coresPerSlot,
      resources: [],
      cwd: "/",
      logPrefix: "",
      logLevel: "INFO",
    }));
    void specify(child.stdin, specs, invite("here"));
    return specs.map(({ engineId, node, slots }) => ({
      id: engineId,
      ...{ node, slots, ended },
      kill: async () => child.kill("SIGKILL"),
    }));
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

import { cpSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "vitest";
import type { DisbatchRun } from "../support/run-disbatch.ts";
import { Workspace } from "../support/workspace.ts";
import { makePlan, type Plan } from "./plan.ts";
import { Round } from "./round.ts";

/** How many rounds there are, and the seed of the first. */
const COUNT = Number(process.env["FAULT_ROUNDS"] ?? 200);
const FIRST = Number(process.env["FAULT_SEED"] ?? 1);

const plans = Array.from({ length: COUNT }, (_, i) => makePlan(FIRST + i));

test.concurrent.for(plans)("nothing is lost in round $seed: $name", async (plan, { expect }) => {
  const workspace = new Workspace();
  const start = (args: readonly string[]): DisbatchRun => workspace.run(plan.artifact, args);
  const round = new Round(plan, { workspace, host: "localhost", start });
  try {
    const complaints = await round.run().catch((error: unknown) => [String(error)]);
    expect(complaints, complaints.length === 0 ? "" : evidence(plan, round, workspace)).toEqual([]);
  } finally {
    workspace.close();
  }
});

/** Keeps the run's files. @returns what one who looks for the reason wants to know. */
function evidence({ seed }: Plan, round: Round, workspace: Workspace): string {
  const kept = path.join(tmpdir(), `disbatch-fault-round-${seed}-${process.pid}`);
  cpSync(workspace.folder, kept, { recursive: true });
  const again = `FAULT_SEED=${seed} FAULT_ROUNDS=1 npx vitest run --project faults`;
  return `its files are kept in ${kept}; to run it again: ${again}\n${round.written}`;
}

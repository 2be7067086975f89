import { test } from "vitest";
import { Workspace } from "../support/workspace.ts";
import { WorkflowRound } from "./workflow-round.ts";

/** A tenth of all rounds, of five kills each, and the seed of the first. */
const COUNT = Math.ceil(Number(process.env["FAULT_ROUNDS"] ?? 200) / 10);
const FIRST = Number(process.env["FAULT_SEED"] ?? 1);

const seeds = Array.from({ length: COUNT }, (_, i) => FIRST + i);

test.concurrent.for(seeds)(
  "nothing of a workflow is lost, and nothing on record runs again, in round %i",
  async (seed, { expect }) => {
    const workspace = new Workspace();
    const round = new WorkflowRound(seed, workspace);
    try {
      const complaints = await round.run().catch((error: unknown) => [String(error)]);
      expect(complaints, round.written).toEqual([]);
    } finally {
      workspace.close();
    }
  },
);

import { test } from "vitest";
import { Workspace } from "../support/workspace.ts";
import { OutputRound } from "./output-round.ts";

/** A fortieth of all rounds, of five kills each, and the seed of the first. */
const COUNT = Math.ceil(Number(process.env["FAULT_ROUNDS"] ?? 200) / 40);
const FIRST = Number(process.env["FAULT_SEED"] ?? 1);

/** Kills that have left outputs between where they were written and where they belong. */
let halfway = 0;
const seeds = Array.from({ length: COUNT }, (_, i) => FIRST + i);

test.concurrent.for(seeds)(
  "outputs are whole, and there when they are on record, whoever is killed that puts them in place, in round %i",
  // Every kill may wait for a moment that does not come.
  { timeout: 240_000 },
  async (seed, { expect }) => {
    const workspace = new Workspace();
    const round = new OutputRound(seed, workspace);
    try {
      const complaints = await round.run().catch((error: unknown) => [String(error)]);
      halfway += round.halfway;
      expect(complaints, round.written).toEqual([]);
    } finally {
      workspace.close();
    }
  },
);

test("kills have come while outputs were put in place", ({ expect }) => {
  expect(halfway).toBeGreaterThan(0);
});

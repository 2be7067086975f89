import { join } from "node:path";

import { MEBIBYTE } from "../memory.ts";
import type { Row } from "../row.ts";
import { figure } from "../statistics.ts";
import { type Artifact, BINARY, BUNDLE, checkRecord } from "../subjects.ts";
import { type Observation, watch } from "../watch.ts";
import { runOf, writeJoin } from "../workflows/documents.ts";

const SLOTS = 2;

export const workflowJoin: Row = {
  name: "workflow-join",
  title: "10,000 instances that all need the same 10,000, and as many that need nothing",
  measure: async ({ quick, folder, note }) => {
    const count = quick ? 500 : 10_000;
    const observe = async ({ name, argv }: Artifact, prefix: string, isJoined: boolean): Promise<Observation> => {
      note(`${name}, ${isJoined ? "joined" : "apart"}`);
      writeJoin(`${prefix}.yaml`, count, isJoined);
      const seen = await watch({ argv: runOf(argv, `${prefix}.yaml`, SLOTS, prefix) });
      if (seen.code !== 0) throw new Error(`exit code ${seen.code}: ${seen.stderr}`);
      checkRecord(prefix, 2 * count);
      return seen;
    };
    const pair = async (artifact: Artifact, prefix: string): Promise<number> => {
      const apart = await observe(artifact, `${prefix}-apart`, false);
      const joined = await observe(artifact, `${prefix}-joined`, true);
      times.push(joined.seconds / apart.seconds);
      return (joined.peakMemory - apart.peakMemory) / MEBIBYTE;
    };
    const times: number[] = [];
    const binary: number[] = [];
    for (let repetition = 0; repetition < (quick ? 1 : 3); repetition++)
      binary.push(await pair(BINARY, join(folder, `binary${repetition}`)));
    const bundle = await pair(BUNDLE, join(folder, "bundle"));
    return {
      figures: [
        { what: "driver's most memory, joined less apart, Node bundle", value: bundle, unit: "MiB" },
        figure("time, joined / apart", "", times),
      ],
      goals: [{ ...figure("driver's most memory, joined less apart, binary", "MiB", binary), atMost: 20 }],
    };
  },
};

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Row } from "../row.ts";
import { timed } from "../run.ts";
import { quantile } from "../statistics.ts";
import { type Artifact, BINARY, BUNDLE } from "../subjects.ts";
import { runOf, writeChain } from "../workflows/documents.ts";

const MILLISECONDS = 1000;
/** The last thing that a task does, and the first that the next one does. */
const NOTE_TIMES = "start=$EPOCHREALTIME; echo $start $EPOCHREALTIME >> ";
/** What a bash needs that a loop of a bash starts, one after the other. */
const LOOP = 'for ((i = 0; i < $1; i++)); do bash -c "$2"; done';

export const workflowLatency: Row = {
  name: "workflow-latency",
  title: "a chain of 1,000 instances on one slot: from the end of each to the start of the next",
  measure: async ({ quick, folder, note }) => {
    const length = quick ? 50 : 1000;
    const chain = async ({ name, argv }: Artifact, prefix: string): Promise<number[]> => {
      note(name);
      writeChain(`${prefix}.yaml`, length, `${NOTE_TIMES} '${prefix}.times'`);
      await timed({ argv: runOf(argv, `${prefix}.yaml`, 1, prefix) });
      return gapsIn(`${prefix}.times`);
    };
    const starts: number[] = [];
    const binary: number[] = [];
    const bundle: number[] = [];
    for (let repetition = 0; repetition < (quick ? 1 : 3); repetition++) {
      note("a loop of bash");
      const times = join(folder, `loop${repetition}.times`);
      writeFileSync(times, "");
      await timed({ argv: ["bash", "-c", LOOP, "bash", String(length), `${NOTE_TIMES} '${times}'`] });
      starts.push(...gapsIn(times));
      binary.push(...(await chain(BINARY, join(folder, `binary${repetition}`))));
      bundle.push(...(await chain(BUNDLE, join(folder, `bundle${repetition}`))));
    }
    const start = quantile(starts, 0.99);
    const value = (what: string, gaps: readonly number[], share: number) => ({
      what,
      value: quantile(gaps, share),
      unit: "ms",
    });
    return {
      figures: [
        value("a loop of bash starts a bash, median", starts, 0.5),
        value("the same, 99 %", starts, 0.99),
        value("binary, median", binary, 0.5),
        value("binary, 99 %", binary, 0.99),
        value("Node bundle, median", bundle, 0.5),
        value("Node bundle, 99 %", bundle, 0.99),
      ],
      goals: [
        {
          what: "binary, 99 %, beyond 99 % of a loop of bash",
          value: quantile(binary, 0.99) - start,
          unit: "ms",
          atMost: 5,
        },
      ],
    };
  },
};

/** Milliseconds from each end to the next start. */
function gapsIn(file: string): number[] {
  const times = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split(" ").map(Number));
  return times.slice(1).map(([start = 0], i) => (start - (times[i]?.[1] ?? 0)) * MILLISECONDS);
}

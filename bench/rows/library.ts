import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { writeLines } from "../files.ts";
import type { Row } from "../row.ts";
import { timed, type Command } from "../run.ts";
import { figure, ratios } from "../statistics.ts";
import { BUNDLE, checkRecord, disbatch } from "../subjects.ts";

const PROGRAM = join(import.meta.dirname, "../library-program.mjs");
const SLOTS = 2;

/** What the program prints; times in milliseconds. */
interface RoundTrips {
  /** From submitting a task to its result, without the time that the task took. */
  readonly beyond: readonly number[];
  /** Until all lines have been accepted, each of them written. */
  readonly accepted: number;
}

export const library: Row = {
  name: "library",
  title: "tasks from a program, by the library on Node",
  measure: async ({ quick, folder, note }) => {
    const tasks = quick ? 1000 : 10_000;
    const repetitions = quick ? 1 : 5;
    const file = join(folder, "Tasks");
    writeLines(file, tasks, () => "true");
    const beyond: number[] = [];
    const accepted: number[] = [];
    const submitted: number[] = [];
    const fromFile: number[] = [];
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const prefixOf = (what: string): string => join(folder, `${what}${repetition}`);
      note(`repetition ${repetition + 1}`);
      const trips = roundTrips(tasks, prefixOf("trips"));
      beyond.push(...trips.beyond);
      accepted.push(trips.accepted / 1000);
      submitted.push(tasks / (await timed(program("one-by-one", tasks, prefixOf("submitted")))));
      checkRecord(prefixOf("submitted"), tasks);
      fromFile.push(tasks / (await timed(disbatch(BUNDLE, file, SLOTS, prefixOf("file")))));
    }
    return {
      figures: [figure("submitted one by one", "tasks/s", submitted), figure("from a file", "tasks/s", fromFile)],
      goals: [
        { ...figure("submit to result of one true, beyond the task", "ms", beyond), atMost: 10 },
        { ...figure("10,000 submits accepted", "s", accepted), atMost: 1 },
        { ...figure("one by one / from a file", "", ratios(submitted, fromFile)), atLeast: 0.9 },
      ],
    };
  },
};

function program(what: "one-by-one" | "round-trips", times: number, prefix: string): Command {
  return { argv: ["node", PROGRAM, what, String(times), prefix] };
}

/** As many round trips as tasks are few: each takes some milliseconds. */
function roundTrips(tasks: number, prefix: string): RoundTrips {
  const [node, ...args] = program("round-trips", tasks / 10, prefix).argv;
  const printed: RoundTrips = JSON.parse(execFileSync(node, args, { encoding: "utf8" }));
  return printed;
}

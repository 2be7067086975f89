import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { enginesOf } from "../proc.ts";
import type { Row } from "../row.ts";
import { BINARY, statusFileOf } from "../subjects.ts";
import { type Observation, watch } from "../watch.ts";
import { runOf } from "../workflows/documents.ts";

const SLOTS = 2;
/** A driver lives so long, in seconds, before it is killed: from the least to the most. */
const LIFE = [0.05, 0.8] as const;

export const workflowKills: Row = {
  name: "workflow-kills",
  title:
    "a workflow with an axis that a task makes, whose driver is killed 200 times at random, its engine each second time",
  measure: async ({ quick, folder, note }) => {
    const kills = quick ? 10 : 200;
    const values = quick ? 600 : 10_000;
    const [prefix, file] = [join(folder, "run"), join(folder, "kills.yaml")];
    const starts = join(folder, "starts");
    writeDocument(file, values, starts);
    let killed = 0;
    let last: Observation | undefined;
    while (killed < kills && last?.code !== 0) {
      if (killed % 20 === 0) note(`${killed} of ${kills} kills`);
      last = await liveAndDie(file, prefix, killed);
      killed++;
    }
    note("to its end");
    last = await watch({ argv: nextCommand(file, prefix) });
    if (last.code !== 0) throw new Error(`exit code ${last.code}: ${last.stderr}`);
    const { missing, twice, after } = judge(prefix, values, starts);
    return {
      figures: [{ what: "instances", value: 2 * values + 2, unit: "" }],
      goals: [
        { what: "kills", value: killed, unit: "", atLeast: kills },
        { what: "instances without an outcome", value: missing, unit: "", atMost: 0 },
        { what: "instances with two outcomes", value: twice, unit: "", atMost: 0 },
        { what: "instances started again when they had one", value: after, unit: "", atMost: 0 },
      ],
    };
  },
};

/** An axis whose values come slowly, two tasks for each, and one after all of them. Each start is noted. */
function writeDocument(file: string, values: number, starts: string): void {
  const noted = `echo "$DISBATCH_INSTANCE $EPOCHREALTIME" >> '${starts}'`;
  writeFileSync(
    file,
    [
      "name: kills",
      "tasks:",
      `  make: {generates: i, run: "for ((i = 1; i <= ${values}; i++)); do echo $i; done"}`,
      `  first: {matrix: [i], run: ${JSON.stringify(noted)}}`,
      `  second: {matrix: [i], needs: first, run: ${JSON.stringify(noted)}}`,
      `  end: {needs: second, run: ${JSON.stringify(noted)}}`,
      "",
    ].join("\n"),
  );
}

/** What a driver has begun is gone on with; one that was killed before it had begun anything is started again. */
function nextCommand(file: string, prefix: string): readonly [string, ...string[]] {
  return !existsSync(`${prefix}_recovery.json`)
    ? runOf(BINARY.argv, file, SLOTS, prefix)
    : [...BINARY.argv, "recover", prefix];
}

async function liveAndDie(file: string, prefix: string, killed: number): Promise<Observation> {
  const life = LIFE[0] + Math.random() * (LIFE[1] - LIFE[0]);
  return await watch({ argv: nextCommand(file, prefix) }, ({ child, pid, elapsed }) => {
    if (child.killed || elapsed() < life) return;
    const engines = killed % 2 === 1 ? enginesOf(pid) : [];
    child.kill("SIGKILL");
    for (const engine of engines) process.kill(engine, "SIGKILL");
  });
}

/** The status file has times in milliseconds, and a task may end within the one in which it began. */
const RESOLUTION = 0.002;

/** What must not be: counts of instances. */
function judge(prefix: string, values: number, starts: string): { missing: number; twice: number; after: number } {
  const outcomes = new Map<string, number[]>();
  for (const line of readFileSync(statusFileOf(prefix), "utf8").split("\n").slice(0, -1)) {
    const columns = line.split("\t");
    if (!columns[0]?.startsWith(" ")) continue;
    const name = columns[14] ?? "";
    outcomes.set(name, [...(outcomes.get(name) ?? []), Number(columns[9])]);
  }
  const began = existsSync(starts) ? readFileSync(starts, "utf8").trimEnd().split("\n") : [];
  const after = began.filter((line) => {
    const [name = "", time] = line.split(" ");
    return (outcomes.get(name)?.[0] ?? Infinity) + RESOLUTION < Number(time);
  }).length;
  const names = Array.from({ length: values }, (_, i) => [`first[i=${i + 1}]`, `second[i=${i + 1}]`]).flat();
  const missing = ["make", "end", ...names].filter((name) => !outcomes.has(name)).length;
  return { missing, twice: [...outcomes.values()].filter((times) => times.length > 1).length, after };
}

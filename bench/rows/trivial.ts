import { join } from "node:path";

import { writeLines } from "../files.ts";
import type { Bench, Figure, Goal, Row } from "../row.ts";
import { timed, type Command } from "../run.ts";
import { figure, median, ratios } from "../statistics.ts";
import { BINARY, BUNDLE, checkRecord, disbatch, gnuParallel, xargs, type Artifact } from "../subjects.ts";

const SLOTS = 2;
/** GNU parallel takes several milliseconds a task; it need not do them all to show its rate. */
const PARALLEL_SHARE = 0.1;

interface Contender {
  readonly name: string;
  readonly tasks: number;
  readonly command: (repetition: number) => Command;
  /** What must be true afterwards. */
  readonly check?: (repetition: number) => void;
}

export const trivial: Row = {
  name: "trivial",
  title: "10,000 x true, 2 slots",
  measure: async (bench) => {
    const tasks = bench.quick ? 1000 : 10_000;
    const contenders = contendersFor(bench, tasks);
    const rates = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
    for (let repetition = 0; repetition < (bench.quick ? 1 : 5); repetition++)
      for (const { name, tasks: count, command, check } of contenders) {
        bench.note(`${name}, ${count} tasks`);
        rates.get(name)?.push(count / (await timed(command(repetition))));
        check?.(repetition);
      }
    return { figures: figuresOf(rates), goals: goalsOf(rates) };
  },
};

function contendersFor({ folder, parallel, limit }: Bench, tasks: number): Contender[] {
  const all = join(folder, "Tasks");
  const some = join(folder, "SomeTasks");
  const few = tasks * PARALLEL_SHARE;
  writeLines(all, tasks, () => "true");
  writeLines(some, few, () => "true");
  const ours = (artifact: Artifact, name: string): Contender => ({
    name: artifact.name,
    tasks,
    command: (repetition) => disbatch(artifact, all, SLOTS, join(folder, `${name}${repetition}`)),
    check: (repetition) => checkRecord(join(folder, `${name}${repetition}`), tasks),
  });
  const contenders: Contender[] = [
    ours(BINARY, "binary"),
    { name: "xargs -P2", tasks, command: () => xargs(all, SLOTS) },
    ours(BUNDLE, "bundle"),
  ];
  if (limit !== undefined) contenders.unshift({ name: "posix_spawn in C", tasks, command: () => limit(tasks, SLOTS) });
  if (parallel) contenders.push({ name: "GNU parallel -j2", tasks: few, command: () => gnuParallel(some, SLOTS) });
  return contenders;
}

function figuresOf(rates: ReadonlyMap<string, readonly number[]>): Figure[] {
  return [...rates].map(([name, values]) => figure(name, "tasks/s", values));
}

function goalsOf(rates: ReadonlyMap<string, readonly number[]>): Goal[] {
  const of = (name: string): readonly number[] => rates.get(name) ?? [];
  const binary = of(BINARY.name);
  const goals: Goal[] = [
    { ...figure("binary / xargs", "", ratios(binary, of("xargs -P2"))), atLeast: 1 },
    { ...figure("Node bundle / xargs", "", ratios(of(BUNDLE.name), of("xargs -P2"))), atLeast: 0.5 },
  ];
  const limit = of("posix_spawn in C");
  if (!Number.isNaN(median(limit)))
    goals.push({ ...figure("binary / posix_spawn", "", ratios(binary, limit)), atLeast: 0.85 });
  return goals;
}

import { join } from "node:path";

import { MEBIBYTE } from "../memory.ts";
import type { Bench, Figure, Row } from "../row.ts";
import { figure } from "../statistics.ts";
import { BINARY, BUNDLE, isInstalled } from "../subjects.ts";
import { watch } from "../watch.ts";
import { noteFirst, runOf, writeGrid, writeMakefile, writeNinja } from "../workflows/documents.ts";
import { type Beginning, untilFirstTask } from "../workflows/first-task.ts";

export const workflowMillion: Row = {
  name: "workflow-million",
  title: "a workflow of 25 lines and 1,000,000 instances, until its first task starts; ninja and make read as many",
  measure: async (bench) => {
    const { quick, folder, note } = bench;
    const begin = async (name: string, argv: readonly string[], repetition: number): Promise<Beginning> => {
      note(`${name}, repetition ${repetition + 1}`);
      const prefix = join(folder, `${name}${repetition}`);
      const sign = `${prefix}.first`;
      writeGrid(`${prefix}.yaml`, quick ? 10 : 1000, 100, noteFirst(sign));
      return await untilFirstTask({ argv: runOf(argv, `${prefix}.yaml`, 1, prefix) }, sign);
    };
    const binary: Beginning[] = [];
    const bundle: Beginning[] = [];
    for (let repetition = 0; repetition < (quick ? 1 : 5); repetition++) {
      binary.push(await begin("binary", BINARY.argv, repetition));
      bundle.push(await begin("bundle", BUNDLE.argv, repetition));
    }
    const peaks = (all: readonly Beginning[]): number[] => all.map(({ peakMemory }) => peakMemory / MEBIBYTE);
    const times = (all: readonly Beginning[]): number[] => all.map(({ seconds }) => seconds);
    return {
      figures: [
        figure("first task started, Node bundle", "s", times(bundle)),
        figure("driver's most memory until then, Node bundle", "MiB", peaks(bundle)),
        ...(await others(bench)),
      ],
      goals: [
        { ...figure("first task started, binary", "s", times(binary)), atMost: 3 },
        { ...figure("driver's most memory until then, binary", "MiB", peaks(binary)), atMost: 300 },
      ],
    };
  },
};

/** What programs take that read as many lines, where they are installed. */
async function others({ quick, folder, note }: Bench): Promise<Figure[]> {
  const count = quick ? 10_000 : 1_000_000;
  const programs = [
    { name: "ninja", write: writeNinja, args: (file: string) => ["-C", folder, "-f", file, "-n", "task0"] },
    { name: "make", write: writeMakefile, args: (file: string) => ["-C", folder, "-f", file, "-n", "task0"] },
  ];
  const figures: Figure[] = [];
  for (const { name, write, args } of programs) {
    if (!isInstalled(name)) {
      note(`${name} is not installed: it is left out`);
      continue;
    }
    note(name);
    const file = join(folder, name);
    write(file, count);
    const seen = await watch({ argv: [name, ...args(file)] });
    if (seen.code !== 0) throw new Error(`${name}: exit code ${seen.code}: ${seen.stderr}`);
    figures.push(
      { what: `${name} reads as many`, value: seen.seconds, unit: "s" },
      { what: `${name}'s most memory`, value: seen.peakMemory / MEBIBYTE, unit: "MiB" },
    );
  }
  return figures;
}

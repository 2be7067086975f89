import { readFileSync } from "node:fs";
import { join } from "node:path";

import { MEBIBYTE } from "../memory.ts";
import type { Bench, Figure, Goal, Row } from "../row.ts";
import { figure } from "../statistics.ts";
import { type Artifact, BINARY, BUNDLE, isInstalled } from "../subjects.ts";
import { type Observation, watch } from "../watch.ts";
import { runOf, writeMade, writeMadeMakefile, writeMadeNinja } from "../workflows/documents.ts";
import { makeFiles, recordAll } from "../workflows/made-files.ts";

/** When files are up to date, as documents say it. The last two need records of the run that has made the files. */
const RULES = [
  { name: "doneWhen: outputs", words: "doneWhen: outputs", isRecorded: false },
  { name: "doneWhen: newer", words: "doneWhen: newer", isRecorded: false },
  { name: "history", words: "cache: false", isRecorded: true },
  { name: "cache", words: "cache: true", isRecorded: true },
] as const;

/** So many files are up to date: nothing is to be done. */
interface Size {
  readonly name: string;
  readonly files: number;
  readonly repetitions: number;
  /** Of the executable, in seconds and MiB. */
  readonly most: { readonly seconds: number; readonly memory?: number };
}

export const workflowUpToDate: Row = upToDate({
  name: "workflow-up-to-date",
  files: 100_000,
  repetitions: 5,
  most: { seconds: 1, memory: 150 },
});

export const workflowUpToDateMillion: Row = upToDate({
  name: "workflow-up-to-date-million",
  files: 1_000_000,
  repetitions: 3,
  most: { seconds: 8 },
});

function upToDate({ name, files, repetitions, most }: Size): Row {
  return {
    name,
    title: `${files.toLocaleString("en")} outputs of a workflow are up to date, half of them made from the others; ninja and make on the same files`,
    measure: async (bench) => {
      const pairs = bench.quick ? 1000 : files / 2;
      const times = bench.quick ? 1 : repetitions;
      bench.note(`${2 * pairs} files are made`);
      makeFiles(bench.folder, pairs);
      const figures: Figure[] = [];
      const goals: Goal[] = [];
      for (const { name: rule, words, isRecorded } of RULES) {
        const prefix = join(bench.folder, words.replace(": ", "-"));
        const document = `${prefix}.yaml`;
        writeMade(document, pairs, words);
        if (isRecorded) await recordAll(document, bench.folder, prefix, pairs);
        const seconds: number[] = [];
        const memory: number[] = [];
        const bundle: number[] = [];
        for (let repetition = 0; repetition < times; repetition++) {
          bench.note(`${rule}, repetition ${repetition + 1}`);
          const seen = await observe(bench, BINARY, document, prefix);
          seconds.push(seen.seconds);
          memory.push(seen.peakMemory / MEBIBYTE);
          bundle.push((await observe(bench, BUNDLE, document, prefix)).seconds);
        }
        figures.push(figure(`${rule}, Node bundle`, "s", bundle));
        goals.push({ ...figure(`${rule}, binary`, "s", seconds), atMost: most.seconds });
        const peak = figure(`${rule}, driver's most memory, binary`, "MiB", memory);
        if (most.memory === undefined) figures.push(peak);
        else goals.push({ ...peak, atMost: most.memory });
        const looks = most.memory === undefined ? undefined : await looksAtEach(bench, document, prefix, pairs);
        if (looks !== undefined) goals.push({ what: `${rule}, looks at each file`, value: looks, unit: "", atMost: 1 });
      }
      for (const other of await others(bench, pairs, times)) figures.push(...other);
      return { figures, goals };
    },
  };
}

/** @throws Error when something is run. */
async function observe(bench: Bench, artifact: Artifact, document: string, prefix: string): Promise<Observation> {
  const seen = await watch({ argv: runOf(artifact.argv, document, 1, prefix), cwd: bench.folder });
  if (seen.code !== 0 || !seen.stderr.includes("nothing to do"))
    throw new Error(`${document}: exit code ${seen.code}: ${seen.stderr}`);
  return seen;
}

/** How often a file is looked at, on average; undefined where nobody can tell. */
async function looksAtEach(
  { folder, note }: Bench,
  document: string,
  prefix: string,
  pairs: number,
): Promise<number | undefined> {
  if (!isInstalled("strace")) {
    note("strace is not installed: nobody counts how often files are looked at");
    return undefined;
  }
  note("strace counts how often files are looked at");
  const trace = join(folder, "trace");
  const run = runOf(BINARY.argv, document, 1, prefix);
  const seen = await watch({ argv: ["strace", "-f", "-qq", "-e", "trace=%file", "-o", trace, ...run], cwd: folder });
  if (seen.code !== 0) throw new Error(`strace: exit code ${seen.code}: ${seen.stderr}`);
  return (readFileSync(trace, "utf8").match(/\b(?:first|second)\/\d/g)?.length ?? 0) / (2 * pairs);
}

/** What programs take that look at the same files, where they are installed. */
async function others({ folder, note }: Bench, pairs: number, times: number): Promise<Figure[][]> {
  const programs = [
    { name: "ninja", write: writeMadeNinja },
    { name: "make", write: writeMadeMakefile },
  ];
  const figures: Figure[][] = [];
  for (const { name, write } of programs) {
    if (!isInstalled(name)) {
      note(`${name} is not installed: it is left out`);
      continue;
    }
    const file = join(folder, name);
    write(file, pairs);
    const seconds: number[] = [];
    const memory: number[] = [];
    for (let repetition = 0; repetition < times; repetition++) {
      note(`${name}, repetition ${repetition + 1}`);
      const seen = await watch({ argv: [name, "-f", file], cwd: folder });
      if (seen.code !== 0) throw new Error(`${name}: exit code ${seen.code}: ${seen.stderr}`);
      seconds.push(seen.seconds);
      memory.push(seen.peakMemory / MEBIBYTE);
    }
    figures.push([figure(name, "s", seconds), figure(`${name}'s most memory`, "MiB", memory)]);
  }
  return figures;
}

import { appendFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";

import { studyLine, writeLines } from "../files.ts";
import { MEGABYTE } from "../memory.ts";
import type { Row } from "../row.ts";
import type { Command } from "../run.ts";
import { figure } from "../statistics.ts";
import { BINARY, BUNDLE, type Artifact } from "../subjects.ts";
import { watch } from "../watch.ts";

const LINES = 1_000_000;
const SLOTS = 256;
/** Slots of an engine. */
const OF_ENGINE = 16;
const KILOBYTE = 1000;
const BEGIN = 1_700_000_000;

/** A run of a million tasks on 16 engines: every hundredth task fails, in one of two ways. */
function taskOf(index: number) {
  const slot = index % SLOTS;
  const start = BEGIN + 2 + Math.floor(index / SLOTS) * 2 + slot / 1000;
  const failed = index % 100 === 0;
  const error = index % 200 === 0 ? `cannot open '/data/${index}.h5'` : `Killed: no memory for ${index} bytes`;
  const engine = Math.floor(slot / OF_ENGINE);
  return { slot: slot % OF_ENGINE, engine, start, finish: start + 1 + (index % 977) / 1000, failed, error };
}

function statusLine(index: number): string {
  const { engine, start, finish, failed, error } = taskOf(index);
  const times = [finish - start, start, finish].map((time) => time.toFixed(3)).join("\t");
  const leak = failed ? `${error.length}\t"${error}"` : "0\t''";
  const head = `${failed ? "R E " : "    "}\t${index}\t${index + 1}\t-1\tnode${engine}\t${1000 + (index % 30_000)}`;
  return `${head}\t${failed ? 1 : 0}\t${times}\t0\t''\t${leak}\t${studyLine(index)}`;
}

function journalLines(index: number): string {
  const { slot, engine, start, finish, failed, error } = taskOf(index);
  const common = { id: index, try: 1 };
  const assigned = { e: "task-assigned", t: start, id: index, line: index + 1, rep: -1, try: 1, eng: engine };
  const finished = { e: "task-finished", t: finish, ...common, node: `node${engine}`, eng: engine, slot, pid: 1000 };
  const result = { code: failed ? 1 : 0, start, end: finish, err: failed ? [error.length, error] : undefined };
  return `${JSON.stringify({ ...assigned, cmd: studyLine(index) })}\n${JSON.stringify({ ...finished, ...result })}`;
}

/** What stands in the journal before the tasks. */
function journalHead(): string {
  const engines = Array.from({ length: SLOTS / OF_ENGINE }, (_, eng) => {
    return {
      e: "engine-joined",
      t: BEGIN + 1,
      eng,
      uid: `u${eng}`,
      node: `node${eng}`,
      pid: 1,
      slots: OF_ENGINE,
      ctx: "c",
    };
  });
  const lines = [
    { format: "disbatch-journal", version: 2 },
    { e: "run-started", t: BEGIN, job: "run", file: "Tasks", total: LINES },
    ...engines,
  ];
  return lines.map((line) => JSON.stringify(line)).join("\n");
}

export const report: Row = {
  name: "report",
  title: "report over 1,000,000 lines, of its status file alone and with its journal",
  measure: async ({ quick, folder, note }) => {
    const status = join(folder, "run_status.txt");
    const journal = join(folder, "run_journal.jsonl");
    const away = join(folder, "away");
    writeLines(status, LINES, statusLine);
    writeLines(journal, LINES + 1, (index) => (index === 0 ? journalHead() : journalLines(index - 1)));
    appendFileSync(journal, `${JSON.stringify({ e: "run-ended", t: taskOf(LINES - 1).finish + 1, why: "done" })}\n`);
    const page = join(folder, "report.html");
    const reported = async (...argv: Command["argv"]): Promise<readonly [seconds: number, megabytes: number]> => {
      const seen = await watch({ argv });
      if (seen.code !== 0) throw new Error(`exit code ${seen.code}: ${seen.stderr}`);
      return [seen.seconds, seen.peakMemory / MEGABYTE];
    };
    const observe = ({ name, argv }: Artifact): ReturnType<typeof reported> => {
      note(name);
      return reported(...argv, "report", status);
    };
    const together: (readonly [number, number])[] = [];
    const alone: (readonly [number, number])[] = [];
    for (let repetition = 0; repetition < (quick ? 1 : 3); repetition++) {
      together.push(await observe(BINARY));
      renameSync(journal, away);
      alone.push(await observe(BINARY));
      renameSync(away, journal);
    }
    const [bundleSeconds, bundleMemory] = await observe(BUNDLE);
    note("as a page");
    const html = ["report", "--format", "html", status];
    const [pageSeconds] = await reported("/bin/sh", "-c", `exec "$@" >"$0"`, page, ...BINARY.argv, ...html);
    const seconds = (runs: typeof alone): number[] => runs.map(([time]) => time);
    const memory = (runs: typeof alone): number[] => runs.map(([, megabytes]) => megabytes);
    return {
      figures: [
        { what: "Node bundle, with the journal", value: bundleSeconds, unit: "s" },
        { what: "Node bundle, most memory", value: bundleMemory, unit: "MB" },
        { what: "as a page, with the journal", value: pageSeconds, unit: "s" },
      ],
      goals: [
        { ...figure("status file alone", "s", seconds(alone)), atMost: 5 },
        { ...figure("with the journal", "s", seconds(together)), atMost: 15 },
        { ...figure("most memory, status file alone", "MB", memory(alone)), atMost: 300 },
        { ...figure("most memory, with the journal", "MB", memory(together)), atMost: 300 },
        { what: "bytes of the page", value: statSync(page).size / KILOBYTE, unit: "kB", atMost: 600 },
      ],
    };
  },
};

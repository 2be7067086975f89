import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";

import { doneLine, studyLine, writeLines } from "../files.ts";
import { MEGABYTE } from "../memory.ts";
import { cpuSeconds, memory } from "../proc.ts";
import type { Row } from "../row.ts";
import { start } from "../run.ts";
import { figure } from "../statistics.ts";
import { BINARY, disbatch, isInstalled } from "../subjects.ts";

const TASKS = 1_000_000;
const DONE = 900_000;
/** The screen of the monitor, in columns and rows. */
const SCREEN = { columns: 120, rows: 40 };
/** Milliseconds without output after which a screen is taken to be drawn, and how long one is waited for. */
const QUIET = 700;
const PATIENCE = 30_000;

export const monitor: Row = {
  name: "monitor",
  title: "the monitor on a run of 1,000,000 tasks, of which 900,000 are done; 2 run",
  measure: async ({ quick, folder, note }) => {
    if (!isInstalled("script")) throw new Error("script (util-linux) makes the terminal, and is not installed");
    const tasks = join(folder, "Tasks");
    const record = join(folder, "earlier_status.txt");
    const prefix = join(folder, "run");
    const lineOf = (index: number): string => (index < DONE ? studyLine(index) : `sleep 3600 # ${index}`);
    writeLines(tasks, TASKS, lineOf);
    writeLines(record, DONE, (index) => doneLine(index, lineOf(index)));
    note("starting the run");
    const run = start(disbatch(BINARY, tasks, 2, prefix, "-r", record));
    try {
      await started(`${prefix}_journal.jsonl`);
      const first: number[] = [];
      const peaks: number[] = [];
      const keys: number[] = [];
      let idle = { bytes: Number.NaN, cpu: Number.NaN };
      for (let repetition = 0; repetition < (quick ? 1 : 5); repetition++) {
        note(`monitor, repetition ${repetition + 1}`);
        const screen = new Screen([...BINARY.argv, "monitor", prefix]);
        try {
          first.push(await screen.until(/900[,.]?000/));
          await screen.quiet();
          for (const key of ["2", "3", "4", "j", "j", "k", "G", "g", "5", "1"]) keys.push(await screen.press(key));
          peaks.push((memory(screen.program(), "VmHWM") ?? Number.NaN) / MEGABYTE);
          if (repetition === 0) idle = await screen.idle(quick ? 3 : 20);
        } finally {
          screen.close();
        }
      }
      return {
        figures: [],
        goals: [
          { ...figure("start of the program to the first frame", "s", first), atMost: 1 },
          { ...figure("most memory", "MB", peaks), atMost: 200 },
          { what: "key to frame, 95 %", unit: "ms", value: share(keys, 0.95), atMost: 50 },
          { what: "idle, only clocks change: output", unit: "bytes/s", value: idle.bytes, atMost: 200 },
          { what: "idle, processor", unit: "% of a core", value: 100 * idle.cpu, atMost: 0.5 },
        ],
      };
    } finally {
      run.child.kill("SIGTERM");
      run.child.kill("SIGTERM");
      await run.ended;
    }
  },
};

/** A program on a terminal of its own, which `script` makes. Times are in seconds from its start, or in milliseconds where said. */
class Screen {
  readonly #child: ChildProcess;
  readonly #from = performance.now();
  #text = "";
  #bytes = 0;
  #changed: () => void = () => undefined;
  #last = 0;

  constructor(argv: readonly string[]) {
    const words = argv.map((word) => `'${word}'`).join(" ");
    const command = `stty cols ${SCREEN.columns} rows ${SCREEN.rows}; exec ${words}`;
    this.#child = spawn("script", ["-qefc", command, "/dev/null"], {
      env: { ...process.env, TERM: "xterm-256color" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child.stdout?.on("data", (chunk: Buffer) => {
      this.#text += chunk.toString("latin1");
      this.#bytes += chunk.length;
      this.#last = performance.now();
      this.#changed();
    });
  }

  /** Resolves to the seconds until this was written. @throws Error when it is not. */
  async until(words: RegExp): Promise<number> {
    while (!words.test(this.#text)) await this.#change();
    return (this.#last - this.#from) / 1000;
  }

  /** Resolves when nothing more is drawn; clocks are. */
  async quiet(): Promise<void> {
    while (performance.now() - this.#last < QUIET && performance.now() - this.#from < PATIENCE / 6) await after(50);
  }

  /** Resolves to the milliseconds until something is drawn. @throws Error when nothing is. */
  async press(key: string): Promise<number> {
    await after(300);
    const from = performance.now();
    this.#child.stdin?.write(key);
    await this.#change();
    return this.#last - from;
  }

  /** What is written and used in a second when nothing happens. */
  async idle(seconds: number): Promise<{ readonly bytes: number; readonly cpu: number }> {
    const program = this.program();
    const [bytes, cpu] = [this.#bytes, cpuSeconds(program) ?? 0];
    await after(1000 * seconds);
    return { bytes: (this.#bytes - bytes) / seconds, cpu: ((cpuSeconds(program) ?? 0) - cpu) / seconds };
  }

  /** Process id of the program itself: `sh` has become it. */
  program(): number {
    const pid = this.#child.pid ?? -1;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    return Number(children[0]);
  }

  close(): void {
    this.#child.kill("SIGTERM");
  }

  async #change(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`nothing is drawn: ${this.#text.slice(-500)}`)), PATIENCE);
      this.#changed = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }
}

/** Resolves when a task has started. */
async function started(journal: string): Promise<void> {
  for (let waited = 0; waited < 4 * PATIENCE; waited += 200) {
    await after(200);
    try {
      if (readFileSync(journal, "latin1").includes("task-started")) return;
    } catch {
      // There is no journal yet.
    }
  }
  throw new Error("no task has started");
}

function share(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(part * values.length) - 1] ?? Number.NaN;
}

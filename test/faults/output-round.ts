import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import { namesIn } from "../../src/files/look.ts";
import { Random } from "../simulation/world/random.ts";
import { artifacts, singleExecutable } from "../support/artifacts.ts";
import type { DisbatchRun, Exit } from "../support/run-disbatch.ts";
import { allGone, enginesOf, signalIfThere } from "../support/run-processes.ts";
import type { Workspace } from "../support/workspace.ts";
import { setOf, standingOf } from "./output-sets.ts";
import { cameTooLate } from "./came-too-late.ts";

const INSTANCES = 6;
const KILLS = 5;
/** Milliseconds in which a run on a busy machine comes to putting outputs in place, and those in which it does on any. */
const LONGEST = 10_000;
const USUAL = 1500;
/** Files and folders of each kind in a set: so many that putting them in place takes a while. */
const COPIES = 10;

/** Each instance makes a set of files and folders with the version in them, and is made again when the version is another. */
const DOCUMENT = `
name: run
tasks:
  make:
    matrix: {set: {from: 0, to: ${INSTANCES - 1}}}
    code: [version]
    cache: true
    outputs: {${setOf("${set}", COPIES)
      .map(({ name, path: where, isFolder }) => `${name}: "${where}${isFolder ? "/" : ""}"`)
      .join(", ")}}
    run: |
      read -r version < version
      for name in \${!OUT_a@} \${!OUT_c@}; do printf %s $version > "\${!name}"; done
      for name in \${!OUT_b@} \${!OUT_d@}; do folders+=("\${!name}"); done
      mkdir "\${folders[@]}"
      for folder in "\${folders[@]}"; do
        printf %s $version > "$folder/one"; printf %s $version > "$folder/of-$version"
      done
  all:
    inputs: {sets: make.c0}
    cache: true
    outputs: {text: all.txt}
    run: for file in $(cat "$IN_sets"); do cat "$file"; echo; done > "$OUT_text"
`;
const WORDS = ["-s", "localhost:3", "--lease", "20", "--engine-restarts", "100", "--crash-limit", "100"];

/** Sets of outputs are whole, and what is on record is there, although drivers and engines are killed while they put them in place. */
export class OutputRound {
  /** Kills that have left outputs between where they were written and where they belong. */
  halfway = 0;
  readonly #random: Random;
  readonly #workspace: Workspace;
  readonly #artifact: (typeof artifacts)[number];
  #driver: DisbatchRun | undefined;
  #version = 0;
  /** Process ids of the engines that were there when it was looked last. */
  #engines: readonly number[] = [];
  /** Rows of the status file that were there when the run began. */
  #rowsBefore = 0;

  constructor(seed: number, workspace: Workspace) {
    this.#random = new Random(seed);
    this.#workspace = workspace;
    this.#artifact = this.#random.oneOf(artifacts) ?? singleExecutable;
    workspace.write("flow.yaml", DOCUMENT);
  }

  /** @returns what must not have been, in words for people; nothing when all is well. */
  async run(): Promise<string[]> {
    const complaints: string[] = [];
    for (let kills = 0; kills < KILLS; kills++) {
      const driver = this.#driver ?? this.#begin();
      const exit = await Promise.race([driver.exited, this.#moment(driver)]);
      if (exit === undefined) await this.#kill(driver);
      else {
        complaints.push(...this.#judgeEnd(exit, driver));
        this.#driver = undefined;
      }
      complaints.push(...this.#unfounded());
    }
    const last = this.#driver ?? this.#begin();
    complaints.push(...this.#judgeEnd(await last.exited, last));
    // What was killed in its last moments says at its next start that all is done.
    const next = this.#begin();
    return [...complaints, ...this.#judgeEnd(await next.exited, next), ...this.#leftOver()];
  }

  /** What the last driver wrote. */
  get written(): string {
    return this.#driver?.stderr() ?? "";
  }

  /** Begins a run of another version. */
  #begin(): DisbatchRun {
    this.#version += 1;
    writeFileSync(this.#workspace.path("version"), `${this.#version}\n`);
    this.#rowsBefore = this.#rows().length;
    return this.#start(["run", "flow.yaml", ...WORDS]);
  }

  #start(words: readonly string[]): DisbatchRun {
    this.#driver = this.#workspace.run(this.#artifact, words);
    return this.#driver;
  }

  /** Resolves when somebody is to be killed: mostly when a set is seen that is being put in place. */
  async #moment(driver: DisbatchRun): Promise<undefined> {
    this.#engines = [];
    if (this.#random.chance(0.3)) return pass(this.#random.between(10, USUAL), undefined);
    const end = Date.now() + LONGEST;
    const isOver = (): boolean => Date.now() > end || this.#driver !== driver;
    while (this.#engines.length === 0 && !isOver()) {
      await pass(50);
      this.#engines = enginesOf(this.#workspace).map(({ pid }) => pid);
    }
    // It may be what the last run has left that is put in place first.
    while (!isOver() && !this.#isHalfway()) await pass(1);
    return undefined;
  }

  #isHalfway(): boolean {
    const stages = this.#workspace.path(".disbatch");
    const attempts = namesIn(stages).flatMap((stage) =>
      namesIn(path.join(stages, stage)).map((attempt) => path.join(stages, stage, attempt)),
    );
    return attempts.some((attempt) => existsSync(path.join(attempt, ".ready")));
  }

  /** Kills the engine, the driver, or both; a driver that is killed gets a successor. */
  async #kill(driver: DisbatchRun): Promise<void> {
    const who = this.#random.oneOf(["driver", "engine", "both", "both"]);
    // Those that are known are killed in the moment that was waited for.
    for (const pid of who === "driver" ? [] : this.#engines) signalIfThere(pid, "SIGKILL");
    if (who !== "driver") for (const { pid } of enginesOf(this.#workspace)) signalIfThere(pid, "SIGKILL");
    if (who !== "engine") {
      signalIfThere(driver.pid, "SIGKILL");
      await driver.exited;
    }
    if (who !== "driver" && this.#isHalfway()) this.halfway += 1;
    if (who === "engine") return;
    const recovery = this.#workspace.path("run_recovery.json");
    if (!existsSync(recovery)) this.#driver = undefined;
    else if (who === "driver" || this.#random.chance(0.6)) this.#start(["recover", "run"]);
    else {
      // The next run does without what is known of the last one, of which nothing runs any more.
      await allGone(this.#workspace);
      rmSync(recovery);
      this.#driver = undefined;
    }
  }

  /** A run that was left alone has made all of them, and leaves nothing behind. */
  #judgeEnd(exit: Exit, run: DisbatchRun): string[] {
    const { code, signal } = exit;
    const said = run.stderr();
    // One whose engine was killed before it had begun has nobody to run anything.
    if (code === 3 && said.includes("no engine is left")) return this.#leftOver();
    if (code !== 0 && !cameTooLate(exit, run)) return [`a run has ended with ${code ?? signal}: ${said}`];
    const sets = Array.from({ length: INSTANCES }, (_, set) => standingOf(this.#workspace.folder, set, COPIES));
    const wrong = sets.flatMap((standing, set) =>
      standing === `${this.#version}` ? [] : [`set ${set} is ${standing} at the end of run ${this.#version}`],
    );
    const all = this.#workspace.read("all.txt");
    const right = `${this.#version}\n`.repeat(INSTANCES);
    return [
      ...wrong,
      ...(all === right ? [] : [`what is made of all sets of version ${this.#version} is ${JSON.stringify(all)}`]),
      ...(/perhaps|cannot be settled/.test(said) ? [`a run has said: ${said}`] : []),
      ...this.#leftOver(),
    ];
  }

  /** Whatever is on record as done is there. */
  #unfounded(): string[] {
    return this.#rows()
      .slice(this.#rowsBefore)
      .flatMap((columns) => {
        const [, text] = /^make\[set=(\d+)\]$/.exec(columns[14] ?? "") ?? [];
        if (text === undefined || columns[6] !== "0") return [];
        const standing = standingOf(this.#workspace.folder, Number(text), COPIES);
        return standing === `${this.#version}`
          ? []
          : [`set ${text} of version ${this.#version} is on record, and is ${standing}`];
      });
  }

  #leftOver(): string[] {
    return existsSync(this.#workspace.path(".disbatch")) ? [".disbatch is left"] : [];
  }

  #rows(): string[][] {
    const file = this.#workspace.path("run_status.txt");
    const text = existsSync(file) ? this.#workspace.read("run_status.txt") : "";
    return text
      .split("\n")
      .slice(0, -1)
      .map((line) => line.split("\t"))
      .filter((columns) => columns.length === 15);
  }
}

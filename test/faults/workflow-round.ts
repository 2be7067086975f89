import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as pass } from "node:timers/promises";
import { Random } from "../simulation/world/random.ts";
import { artifacts, singleExecutable } from "../support/artifacts.ts";
import type { DisbatchRun, Exit } from "../support/run-disbatch.ts";
import { enginesOf, signalIfThere } from "../support/run-processes.ts";
import type { Workspace } from "../support/workspace.ts";
import { cameTooLate } from "./came-too-late.ts";

const CHAINS = 40;
/** Drivers that are killed, and engines among them. */
const KILLS = 5;

/** Chains of three, some of which fail at first, and what needs all of them. Each instance writes down that it runs. */
const DOCUMENT = `
name: run
tasks:
  a:
    matrix: {i: {from: 1, to: ${CHAINS}}}
    run: echo "$DISBATCH_INSTANCE" >> ran; sleep 0.0$((i % 7))
  b:
    matrix: [i]
    needs: a
    run: echo "$DISBATCH_INSTANCE" >> ran; [ -e mended ] || [ $((i % 5)) != 0 ]
  c:
    matrix: [i]
    needs: b
    run: echo "$DISBATCH_INSTANCE" >> ran; sleep 0.0$((i % 5))
  all: {needs: c, run: 'echo "$DISBATCH_INSTANCE" >> ran'}
`.replaceAll("matrix: [i]", `matrix: {i: {from: 1, to: ${CHAINS}}}`);

/** What stood in the records at a moment. */
interface Recorded {
  /** How often instances had run that have succeeded by then, by name. */
  readonly succeeded: ReadonlyMap<string, number>;
}

/** A document runs to its end although its driver, and now and then its engine, is killed again and again. */
export class WorkflowRound {
  readonly #random: Random;
  readonly #workspace: Workspace;
  readonly #artifact: (typeof artifacts)[number];
  readonly #moments: Recorded[] = [];
  #driver: DisbatchRun;

  constructor(seed: number, workspace: Workspace) {
    this.#random = new Random(seed);
    this.#workspace = workspace;
    this.#artifact = this.#random.oneOf(artifacts) ?? singleExecutable;
    writeFileSync(workspace.path("flow.yaml"), DOCUMENT);
    this.#driver = this.#begin();
  }

  /** @returns what must not have been, in words for people; nothing when all is well. */
  async run(): Promise<string[]> {
    const complaints: string[] = [];
    for (let kills = 0; kills < KILLS; kills++) {
      const exit = await Promise.race([this.#driver.exited, pass(this.#random.between(10, 900))]);
      if (exit === undefined) await this.#kill();
      else {
        complaints.push(...this.#judge(exit));
        writeFileSync(this.#workspace.path("mended"), "");
      }
      this.#note();
      this.#driver = this.#next();
    }
    complaints.push(...this.#judge(await this.#driver.exited));
    writeFileSync(this.#workspace.path("mended"), "");
    this.#driver = this.#next();
    const { code } = await this.#driver.exited;
    if (code !== 0) complaints.push(`the last run has ended with exit code ${code}: ${this.#driver.stderr()}`);
    return [...complaints, ...this.#complaints()];
  }

  /** What the last driver wrote. */
  get written(): string {
    return this.#driver.stderr();
  }

  #begin(): DisbatchRun {
    return this.#workspace.run(this.#artifact, ["run", "flow.yaml", "-s", "localhost:3", "--lease", "20"]);
  }

  /** Takes the run up whose driver was killed, or begins the next one. */
  #next(): DisbatchRun {
    const isLeft = existsSync(this.#workspace.path("run_recovery.json"));
    return isLeft ? this.#workspace.run(this.#artifact, ["recover", "run"]) : this.#begin();
  }

  async #kill(): Promise<void> {
    if (this.#random.chance(0.3)) {
      for (const { pid } of enginesOf(this.#workspace)) signalIfThere(pid, "SIGKILL");
    }
    signalIfThere(this.#driver.pid, "SIGKILL");
    await this.#driver.exited;
  }

  /** A run that was left alone comes to an end, with a failure or without. */
  #judge(exit: Exit): string[] {
    const { code } = exit;
    return code === 0 || code === 1 || cameTooLate(exit, this.#driver)
      ? []
      : [`a run has ended with exit code ${code}: ${this.#driver.stderr()}`];
  }

  /** What is on record now is not to be run again. */
  #note(): void {
    const ran = this.#lines("ran");
    const rows = this.#lines("run_status.txt").map((line) => line.split("\t"));
    const done = rows.filter((columns) => columns.length === 15 && columns[6] === "0").map((columns) => columns[14]);
    const times = new Map<string, number>();
    for (const name of ran) times.set(name, (times.get(name) ?? 0) + 1);
    this.#moments.push({ succeeded: new Map(done.map((name = "") => [name, times.get(name) ?? 0])) });
  }

  #complaints(): string[] {
    const numbers = Array.from({ length: CHAINS }, (_, i) => i + 1);
    const names = ["all", ...["a", "b", "c"].flatMap((task) => numbers.map((i) => `${task}[i=${i}]`))];
    this.#note();
    const last = this.#moments.at(-1)?.succeeded ?? new Map<string, number>();
    const lost = names.filter((name) => !last.has(name));
    const unknown = [...last.keys()].filter((name) => !names.includes(name));
    const again = this.#moments.flatMap(({ succeeded }) =>
      [...succeeded].filter(([name, times]) => last.get(name) !== times).map(([name]) => name),
    );
    const rows = this.#workspace.status().filter(({ returnCode }) => returnCode === 0);
    const twice = rows.map(({ command }) => command).filter((name, i, all) => all.indexOf(name) !== i);
    return [
      ...lost.map((name) => `${name} was lost`),
      ...unknown.map((name) => `nobody wanted ${name}`),
      ...new Set(again.map((name) => `${name} was on record, and has run again`)),
      ...twice.map((name) => `${name} is on record twice`),
    ];
  }

  #lines(name: string): string[] {
    const path = this.#workspace.path(name);
    return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
  }
}

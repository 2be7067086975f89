import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as pass } from "node:timers/promises";
import { Random } from "../simulation/world/random.ts";
import { artifacts, singleExecutable } from "../support/artifacts.ts";
import type { DisbatchRun } from "../support/run-disbatch.ts";
import { signalIfThere } from "../support/run-processes.ts";
import type { Workspace } from "../support/workspace.ts";
import { cameTooLate } from "./came-too-late.ts";

/** Values that the first task prints, and drivers that are killed meanwhile. */
const VALUES = 60;
const MOST_KILLS = 4;

/** Some values come half by half. A task of each, and one that needs all of them. */
const DOCUMENT = `
name: run
tasks:
  values:
    run: |
      echo ran >> generated
      for ((i = 0; i < ${VALUES}; i++)); do printf "v"; sleep 0.02; printf "%d\\n" $i; done
      printf last
    generates: v
  child:
    matrix: [v]
    needs: [values]
    run: echo "$v" >> ran
  all: {needs: [child], run: wc -l < ran > count}
`;

/** A task prints values of which each is a task, while the driver is killed again and again. */
export class GeneratorRound {
  readonly #random: Random;
  readonly #workspace: Workspace;
  readonly #artifact: (typeof artifacts)[number];
  #driver: DisbatchRun;

  constructor(seed: number, workspace: Workspace) {
    this.#random = new Random(seed);
    this.#workspace = workspace;
    this.#artifact = this.#random.oneOf(artifacts) ?? singleExecutable;
    writeFileSync(workspace.path("flow.yaml"), DOCUMENT);
    this.#driver = workspace.run(this.#artifact, ["run", "flow.yaml", "-s", "localhost:3", "--lease", "20"]);
  }

  /** @returns what must not have been, in words for people; nothing when all is well. */
  async run(): Promise<string[]> {
    let exit = await this.#killed();
    for (let kills = 1; kills < MOST_KILLS && exit === undefined; kills++) exit = await this.#killed();
    const last = exit ?? (await this.#driver.exited);
    const { code } = last;
    return [
      ...(code === 0 || cameTooLate(last, this.#driver) ? [] : [`the run has ended with exit code ${code}`]),
      ...this.#complaints(),
    ];
  }

  /** What the last driver wrote. */
  get written(): string {
    return this.#driver.stderr();
  }

  /** Kills the driver after a while, and begins another. @returns how it has ended, if it was not killed. */
  async #killed(): Promise<{ readonly code: number | null } | undefined> {
    const ended = await Promise.race([this.#driver.exited, pass(this.#random.between(50, 700))]);
    if (ended !== undefined) return ended;
    // Without it there is nothing to recover yet.
    if (!existsSync(this.#workspace.path("run_recovery.json"))) return undefined;
    signalIfThere(this.#driver.pid, "SIGKILL");
    const exit = await this.#driver.exited;
    if (exit.signal !== "SIGKILL") return exit;
    this.#driver = this.#workspace.run(this.#artifact, ["--recover", "run"]);
    return undefined;
  }

  #complaints(): string[] {
    const values = [...Array.from({ length: VALUES }, (_, i) => `v${i}`), "last"];
    const ran = this.#lines("ran");
    const rows = this.#workspace.status().map(({ command }) => command);
    const times = (list: readonly string[], text: string): number => list.filter((one) => one === text).length;
    const unknown = ran.filter((name) => !values.includes(name));
    return [
      ...(this.#lines("generated").length === 1 ? [] : ["the values were printed more than once"]),
      ...(unknown.length === 0 ? [] : [`nobody has printed ${unknown.join(" ")}`]),
      ...values.flatMap((name) => {
        const [runs, lines] = [times(ran, name), times(rows, `child[v=${name}]`)];
        return runs === 1 && lines === 1 ? [] : [`${name} has run ${runs} times, and has ${lines} lines`];
      }),
      ...(times(rows, "all") === 1 ? [] : ["the task that needs all has not run once"]),
      ...(this.#lines("count").join("") === `${values.length}` ? [] : ["it has not run behind all others"]),
    ];
  }

  #lines(name: string): string[] {
    const path = this.#workspace.path(name);
    return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
  }
}

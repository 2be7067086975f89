import { existsSync, readFileSync } from "node:fs";
import { setTimeout as pass } from "node:timers/promises";
import type { DriverLine } from "../../src/control/driver-line.ts";
import { reachRun } from "../../src/control/reach-run.ts";
import { listOver, Submitter } from "../../src/control/submit-tasks.ts";
import { UserError } from "../../src/domain/errors.ts";
import { Random } from "../simulation/world/random.ts";
import { artifacts, singleExecutable } from "../support/artifacts.ts";
import type { DisbatchRun } from "../support/run-disbatch.ts";
import { signalIfThere } from "../support/run-processes.ts";
import type { Workspace } from "../support/workspace.ts";

/** Lines that are submitted in all, and drivers that are killed meanwhile. */
const LINES = 60;
const MOST_KILLS = 3;
/** A run that has not ended by then will not, in milliseconds. */
const PATIENCE = 30_000;

/** What was submitted and acknowledged: the id that a line was given. */
interface Acknowledged {
  readonly id: number;
  readonly name: string;
}

/** Somebody submits tasks, one after the other, to a run whose driver is killed again and again. */
export class SubmittingRound {
  readonly #random: Random;
  readonly #workspace: Workspace;
  readonly #artifact: (typeof artifacts)[number];
  readonly #acknowledged: Acknowledged[] = [];
  /** Names of tasks whose submission nobody has answered. */
  readonly #unanswered = new Set<string>();
  #driver: DisbatchRun;
  #line: DriverLine | undefined;
  #isDone = false;
  #code: number | null = null;

  constructor(seed: number, workspace: Workspace) {
    this.#random = new Random(seed);
    this.#workspace = workspace;
    this.#artifact = this.#random.oneOf(artifacts) ?? singleExecutable;
    this.#driver = workspace.run(this.#artifact, ["--keep-open", "-s", "localhost:2", "-p", "run", "--lease", "20"]);
  }

  /** @returns what must not have been, in words for people; nothing when all is well. */
  async run(): Promise<string[]> {
    await this.#driver.stderrShows(/takes more tasks/);
    const killing = this.#killDrivers();
    for (let sent = 0, count = 1; sent < LINES; sent += count) {
      count = this.#random.whole(1, 4);
      const from = sent;
      await this.#submit(Array.from({ length: count }, (_, i) => `t${from + i}`));
    }
    this.#isDone = true;
    await killing;
    await this.#untilEnded();
    ({ code: this.#code } = await this.#driver.exited);
    return this.#complaints();
  }

  /** What the last driver wrote. */
  get written(): string {
    return this.#driver.stderr();
  }

  async #killDrivers(): Promise<void> {
    for (let kills = 0; kills < MOST_KILLS && !this.#isDone; kills++) {
      await pass(this.#random.between(20, 400));
      // Without it there is nothing to recover yet.
      if (!existsSync(this.#workspace.path("run_recovery.json"))) continue;
      signalIfThere(this.#driver.pid, "SIGKILL");
      await this.#driver.exited;
      this.#driver = this.#workspace.run(this.#artifact, ["--recover", "run"]);
    }
  }

  /** Submits tasks that each leave a line of their own name. What nobody answers is not submitted again. */
  async #submit(names: readonly string[]): Promise<void> {
    const lines = names.map((name) => `echo ${name} >> ran`);
    for (const name of names) this.#unanswered.add(name);
    await this.#talk(
      async (submitter) => submitter.submit(lines.join("\n")),
      (first) => {
        for (const [i, name] of names.entries()) {
          this.#unanswered.delete(name);
          this.#acknowledged.push({ id: first + i, name });
        }
      },
    );
  }

  async #untilEnded(): Promise<void> {
    const hasEnded = (): boolean => existsSync(this.#workspace.path("run_tasks.txt")) && this.#lastLine() === END;
    while (!hasEnded())
      await this.#talk(
        async (submitter) => submitter.end(),
        () => undefined,
      );
  }

  #lastLine(): string | undefined {
    return this.#workspace.read("run_tasks.txt").split("\n").at(-2);
  }

  /** Has something said to whatever driver there is, once. */
  async #talk(say: (submitter: Submitter) => Promise<void>, taken: (first: number) => void): Promise<void> {
    const line = await this.#reach();
    try {
      await say(new Submitter(listOver(line), ({ first }) => taken(first)));
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== "connection-lost") throw error;
      this.#line = undefined;
    }
  }

  async #reach(): Promise<DriverLine> {
    const end = Date.now() + PATIENCE;
    while (this.#line === undefined) {
      try {
        const { line } = await reachRun(this.#workspace.path("run_contact.json"), ["disbatch"]);
        await line.greet();
        this.#line = line;
      } catch (error) {
        if (!(error instanceof UserError) || Date.now() > end) throw error;
        await pass(50);
      }
    }
    return this.#line;
  }

  #complaints(): string[] {
    const ran = existsSync(this.#workspace.path("ran")) ? readFileSync(this.#workspace.path("ran"), "utf8") : "";
    const times = (name: string): number => ran.split("\n").filter((line) => line === name).length;
    const status = this.#workspace.status();
    const known = new Set([...this.#acknowledged.map(({ name }) => name), ...this.#unanswered]);
    return [
      ...(this.#code === 0 ? [] : [`the run has ended with exit code ${this.#code}`]),
      ...this.#acknowledged.flatMap(({ id, name }) => {
        const lines = status.filter(({ taskId }) => taskId === id);
        const isRight = lines.length === 1 && lines[0]?.command === `echo ${name} >> ran`;
        const recorded = isRight ? [] : [`task ${id}, ${name}, has ${lines.length} lines, or those of another task`];
        return times(name) === 1 ? recorded : [...recorded, `${name} has run ${times(name)} times`];
      }),
      ...[...this.#unanswered].flatMap((name) => (times(name) > 1 ? [`${name} has run ${times(name)} times`] : [])),
      ...status.flatMap(({ command }) => (known.has(command.split(" ")[1] ?? "") ? [] : [`nobody knows ${command}`])),
    ];
  }

  /** Hangs up. */
  async close(): Promise<void> {
    await this.#line?.close();
  }
}

/** The last line of a list that has been ended. */
const END = "# disbatch: no more tasks";

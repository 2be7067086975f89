import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../src/domain/errors.ts";
import type { RunEvent } from "../../../src/domain/events.ts";
import { reasonWords } from "../../../src/faces/workflow/reason-words.ts";
import { filesOfRun } from "../../../src/run/files/run-files.ts";
import { openRun } from "../../../src/run/open-run.ts";
import { DEFAULTS } from "../../../src/run/settings.ts";
import { planDocument } from "../../../src/run/workflow/plan-document.ts";
import { workflowHistory } from "../../../src/run/workflow/workflow-history.ts";
import { MOST_INSTANCES, type WorkflowRequest } from "../../../src/run/workflow/workflow-request.ts";
import { whyOf } from "../../../src/workflows/history/why-of.ts";
import { wouldRun } from "../../../src/workflows/views/plan.ts";
import { bundle } from "../../unit/node/process/runtimes.ts";

const program = {
  command: [process.execPath, bundle(new URL("../../../bin/disbatch.ts", import.meta.url))],
  args: [],
  version: "1.2.3",
} as const;

/** What a run is given beside the tree. */
export interface Given extends Partial<
  Pick<WorkflowRequest, "params" | "goals" | "from" | "force" | "retriesFailed" | "noCache">
> {
  readonly env?: Readonly<Record<string, string>>;
}

/** A folder with a document, `flow.yaml`, and its files. */
export class Tree {
  readonly folder: string;

  constructor(folder: string, files: Readonly<Record<string, string>>) {
    this.folder = folder;
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  /** Copies a folder to another place, with the times of all that is in it. */
  static copyOf(from: string, folder: string): Tree {
    rmSync(folder, { recursive: true, force: true });
    // Unlike Node, it keeps the times of folders, too.
    execFileSync("cp", ["-a", from, folder]);
    return new Tree(folder, {});
  }

  copyTo(folder: string): void {
    Tree.copyOf(this.folder, folder);
  }

  /** Writes a file, whose time is later than those of all runs. */
  write(name: string, text: string): void {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Changes what the document says. */
  edit(from: string | RegExp, to: string): void {
    const text = readFileSync(path.join(this.folder, "flow.yaml"), "utf8");
    const edited = text.replace(from, to);
    if (edited === text) throw new Error(`the document does not say ${from}`);
    this.write("flow.yaml", edited);
  }

  remove(name: string): void {
    rmSync(path.join(this.folder, name), { recursive: true });
  }

  /** Makes a file older or newer than it is, or than another one is, by so many seconds. */
  touch(name: string, seconds: number, from = name): void {
    const time = Math.floor(statSync(path.join(this.folder, from)).mtimeMs / 1000) + seconds;
    utimesSync(path.join(this.folder, name), time, time);
  }

  /** Gives two files the names of each other. */
  swap(a: string, b: string): void {
    const [from, to] = [path.join(this.folder, a), path.join(this.folder, b)];
    renameSync(from, `${from}.other`);
    renameSync(to, from);
    renameSync(`${from}.other`, to);
  }

  /** Runs the document. @returns names of the instances that have run. */
  async run(given: Given = {}): Promise<readonly string[]> {
    const ran: string[] = [];
    const settings = {
      ...DEFAULTS,
      taskFile: undefined,
      ...{ prefix: this.#prefix, workdir: this.folder, sshNode: ["localhost:4"], workflow: this.#request(given) },
    };
    const surroundings = {
      ...{ program, env: { PATH: process.env["PATH"], ...given.env }, say: () => undefined },
      observers: () => [
        {
          name: "the test",
          observe: (event: RunEvent) => {
            if (event.type === "task-finished" && event.task.name !== undefined) ran.push(event.task.name);
          },
        },
      ],
    };
    try {
      const run = await openRun(settings, surroundings);
      await run.outcome;
      // By then another run can have its files.
      await run.over;
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== "nothing-to-do") throw error;
    }
    return ran.toSorted();
  }

  /** Why each of these ran in the last run, in words. */
  explain(names: readonly string[]): Readonly<Record<string, string>> {
    const files = filesOfRun(this.#prefix);
    const { runs } = workflowHistory(files);
    return Object.fromEntries(
      names.map((name) => {
        const why = whyOf({ ...files, runs }, name, true);
        return [name, why?.kind === "runs" ? reasonWords(why.reason) : (why?.kind ?? "unknown")];
      }),
    );
  }

  /** What a run would do: names of those that would run for sure, and of those that may. */
  async plan(given: Given = {}): Promise<{ readonly sure: readonly string[]; readonly perhaps: readonly string[] }> {
    const { list } = await planDocument(this.#request(given), this.#prefix, {
      ...{ env: { PATH: process.env["PATH"], ...given.env }, say: () => undefined, folder: this.folder },
    });
    const { instances } = list(undefined, 1000);
    return {
      sure: instances.flatMap(({ name, fate }) => (wouldRun(fate) ? [name] : [])).toSorted(),
      perhaps: instances.flatMap(({ name, fate }) => (fate === "perhaps" ? [name] : [])).toSorted(),
    };
  }

  get #prefix(): string {
    return path.join(this.folder, "flow");
  }

  #request({ params = {}, goals = [], from = [], force = [], retriesFailed, noCache = false }: Given): WorkflowRequest {
    return {
      file: path.join(this.folder, "flow.yaml"),
      archive: undefined,
      ...{ params, goals, from, force, retriesFailed, noCache },
      only: false,
      isPart: false,
      maxInstances: MOST_INSTANCES,
      secretsFile: undefined,
    };
  }
}

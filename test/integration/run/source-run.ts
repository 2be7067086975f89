import path from "node:path";
import type { RunEvent } from "../../../src/domain/events.ts";
import type { TaskSource } from "../../../src/domain/source.ts";
import type { StreamItem, Task } from "../../../src/domain/task.ts";
import { beginRun } from "../../../src/run/begin-run.ts";
import { chooseRunFiles } from "../../../src/run/files/run-files.ts";
import { prepare } from "../../../src/run/prepare.ts";
import type { Run } from "../../../src/run/run.ts";
import { DEFAULTS, type RunSettings } from "../../../src/run/settings.ts";
import { bundle } from "../../unit/node/process/runtimes.ts";
import { scratchFolder } from "../../unit/node/process/scratch.ts";

const program = {
  command: [process.execPath, bundle(new URL("../../../bin/disbatch.ts", import.meta.url))],
  args: [],
  version: "1.2.3",
} as const;

/** A task with a name and a setting of its own. */
export function taskOf(id: number, command: string, more: Partial<Task> = {}): Task {
  return { kind: "task", id, line: id + 1, repeatIndex: -1, command, ...more };
}

/** Tasks that are known from the beginning, and what else their source hears. */
export class OwnSource implements TaskSource {
  readonly name = "a source";
  #left: readonly StreamItem[];

  constructor(items: readonly StreamItem[], hears: Omit<Partial<TaskSource>, "name" | "next" | "close"> = {}) {
    this.#left = items;
    Object.assign(this, hears);
  }

  next(limit: number): Promise<readonly StreamItem[]> {
    const items = this.#left.slice(0, limit);
    this.#left = this.#left.slice(limit);
    return Promise.resolve(items);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Begins a run of a source on this machine, two slots wide, in a folder of its own. */
export async function beginRunOf(
  source: TaskSource,
  settings: Partial<RunSettings> = {},
): Promise<{ run: Run; events: RunEvent[]; folder: string; said: string[] }> {
  const folder = scratchFolder();
  const events: RunEvent[] = [];
  const said: string[] = [];
  const all = {
    ...DEFAULTS,
    ...{ taskFile: "-", prefix: path.join(folder, "run"), workdir: folder, sshNode: ["localhost:2"] },
    ...settings,
  };
  const surroundings = {
    ...{ program, env: { PATH: process.env["PATH"] }, input: () => process.stdin },
    observers: () => [{ name: "the test", observe: (event: RunEvent) => void events.push(event) }],
    say: (message: string) => void said.push(message),
  };
  const files = chooseRunFiles(all.prefix, "Tasks", new Date());
  const prepared = await prepare(all, files, surroundings);
  await prepared.source.close();
  const run = await beginRun(all, { ...prepared, source, files, taskFileName: "Tasks" }, surroundings, () => undefined);
  return { run, events, folder, said };
}

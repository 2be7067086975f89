import { randomUUID } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Artifact } from "./artifacts.ts";
import { findProcesses, type FoundProcess } from "./process-table.ts";
import { runDisbatch, type DisbatchRun, type RunOptions } from "./run-disbatch.ts";
import { readStatusFile, type StatusLine } from "./status-file.ts";

const MARKER = "TEST_WORKSPACE";
/** How long processes that are ending may take for that, in milliseconds: only a test that leaves some waits it out. */
const FAREWELL = 5_000;

/**
 * A folder of its own for one test, with an environment that marks every process started from it. Closing it removes the
 * folder and throws when something has been left behind.
 */
export class Workspace {
  /** Where the program is run. */
  readonly folder: string;
  /** What programs are told is the place for temporary files; has to be empty again in the end. */
  readonly tmp: string;
  /** The environment for programs: small, the same everywhere. */
  readonly env: Readonly<Record<string, string>>;
  readonly #root: string;
  readonly #id = randomUUID();

  /** @param root an empty folder of its own, which is removed in the end. @param name of the folder in it to work in. */
  constructor(root: string = mkdtempSync(path.join(tmpdir(), "disbatch-test-")), name: string = "work") {
    this.#root = root;
    this.folder = path.join(this.#root, name);
    this.tmp = path.join(this.#root, "tmp");
    mkdirSync(this.folder);
    mkdirSync(this.tmp);
    this.env = {
      PATH: process.env["PATH"] ?? "/usr/bin:/bin",
      HOME: this.#root,
      LANG: "C.UTF-8",
      TMPDIR: this.tmp,
      [MARKER]: this.#id,
    };
  }

  /** Absolute path of a file in the folder. */
  path(name: string): string {
    return path.join(this.folder, name);
  }

  write(name: string, content: string | Uint8Array): void {
    mkdirSync(path.dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
  }

  /** Writes a task file of these lines. */
  writeTasks(...lines: readonly string[]): void {
    this.write("Tasks", lines.map((line) => `${line}\n`).join(""));
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  /** Copies all that stands in a folder into this one. */
  copyFrom(folder: string): void {
    cpSync(folder, this.folder, { recursive: true });
  }

  /** The lines of a status file of this folder; none when there is no such file. */
  status(name: string = "run_status.txt"): StatusLine[] {
    return existsSync(path.resolve(this.folder, name)) ? readStatusFile(path.resolve(this.folder, name)) : [];
  }

  /** Starts the program in the folder; variables in `env` are added to those of the workspace. */
  run(artifact: Artifact, args: readonly string[], options: Partial<RunOptions> = {}): DisbatchRun {
    return runDisbatch(artifact, args, { cwd: this.folder, ...options, env: { ...this.env, ...options.env } });
  }

  /** Processes alive that were started from here, directly or not. */
  processes(): FoundProcess[] {
    return findProcesses(`${MARKER}=${this.#id}`, this.#root);
  }

  /**
   * Ends what is still alive and removes the folder.
   *
   * @throws Error naming each process, socket and temporary file that was left behind.
   */
  close(): void {
    let processes = this.processes();
    // What is on its way out may need a moment, in which a test has nothing else to do.
    for (const end = performance.now() + FAREWELL; processes.length > 0 && performance.now() < end;) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      processes = this.processes();
    }
    const leaks = [
      ...processes.map(({ pid, command }) => `process ${pid}: ${command}`),
      ...processes.flatMap(({ pid, listensOn }) => listensOn.map((address) => `socket of ${pid}: ${address}`)),
      ...readdirSync(this.tmp).map((name) => `temporary file: ${name}`),
    ];
    for (const { pid } of processes) kill(pid);
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 5 });
    if (leaks.length > 0) throw new Error(`left behind:\n${leaks.map((leak) => `  ${leak}`).join("\n")}`);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself meanwhile.
  }
}

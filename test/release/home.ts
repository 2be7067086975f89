import { chmodSync, chownSync, copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { openWorkspace } from "../support/fixtures.ts";
import { asOrdinaryUser, isRoot, ORDINARY_USER } from "../support/ordinary-user.ts";
import { type DisbatchRun, runDisbatch } from "../support/run-disbatch.ts";
import type { Workspace } from "../support/workspace.ts";

/** What a command has written, and its exit code. */
export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An ordinary user with an empty home, who knows nothing of this repository. */
export class Home {
  readonly folder: string;
  readonly workspace: Workspace = openWorkspace();
  readonly #env: Readonly<Record<string, string>>;

  constructor() {
    const { folder, tmp, env } = this.workspace;
    this.folder = path.join(path.dirname(folder), "home");
    this.#env = { ...env, HOME: this.folder, SHELL: "/bin/bash" };
    mkdirSync(this.folder);
    chmodSync(path.dirname(folder), 0o755);
    if (isRoot) for (const own of [folder, tmp, this.folder]) chownSync(own, ORDINARY_USER, ORDINARY_USER);
  }

  /** Copies a file to the working folder. Returns its path there. */
  receive(file: string): string {
    const copy = this.workspace.path(path.basename(file));
    copyFileSync(file, copy);
    return copy;
  }

  /** The user starts a program in the working folder. */
  start(command: readonly [string, ...string[]], env: Readonly<Record<string, string>> = {}): DisbatchRun {
    const { folder: cwd } = this.workspace;
    const artifact = { name: command[0], file: command[0], command };
    return runDisbatch(artifact, [], { cwd, env: { ...this.#env, ...env }, as: asOrdinaryUser });
  }

  /** The user runs a program to its end. */
  async run(command: readonly [string, ...string[]], env: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const run = this.start(command, env);
    const { code } = await run.exited;
    return { code, stdout: run.stdout(), stderr: run.stderr() };
  }
}

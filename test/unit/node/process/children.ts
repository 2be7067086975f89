import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { signal } from "../../../../src/node/process/process-table.ts";

/** A process group that a test has started. */
export class TestGroup {
  /** Of its leader, and so of the group. */
  readonly pid: number;
  /** Resolves when all who can write have ended, with the leader's signal if one killed it. */
  readonly ended: Promise<NodeJS.Signals | null>;
  readonly #lines: string[] = [];
  readonly #waiting: (() => void)[] = [];

  private constructor(child: ChildProcess) {
    this.pid = child.pid ?? -1;
    this.ended = new Promise((resolve) => {
      child.once("close", (_code, why) => resolve(why));
    });
    if (child.stdout === null) throw new Error("no output");
    createInterface({ input: child.stdout }).on("line", (line) => {
      this.#lines.push(line);
      for (const look of this.#waiting) look();
    });
  }

  /** Has bash run this, as the leader of a session, with these variables and PATH. It is killed when the test is over. */
  static start(script: string, env: Readonly<Record<string, string>> = {}): TestGroup {
    const child = spawn("/bin/bash", ["-c", script], {
      env: { PATH: "/usr/bin:/bin", ...env },
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    });
    const group = new TestGroup(child);
    onTestFinished(() => {
      for (const pid of group.pids()) signal(pid, "SIGKILL");
      signal(-group.pid, "SIGKILL");
    });
    return group;
  }

  /** Resolves with the lines written so far when there are so many; the scripts of these tests write process ids. */
  said(count: number): Promise<readonly string[]> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#lines.length >= count) resolve(this.#lines);
      };
      this.#waiting.push(look);
      look();
    });
  }

  /** The process ids that it has written. */
  pids(): number[] {
    return this.#lines.map(Number).filter((pid) => pid > 1);
  }
}

/** Those of these processes that are alive. One that has ended is not, though nobody may have taken note of its end. */
export function living(pids: readonly number[]): number[] {
  return pids.filter((pid) => {
    try {
      return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
    } catch {
      return false;
    }
  });
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { until } from "../../../support/until.ts";
import type { Meddling } from "./meddling.ts";

/** Somebody on the same machine who does one thing that is none of his business. */
export interface Meddler {
  /** What came of it so far. */
  readonly lines: readonly string[];
  /** Resolves when this was said so many times. */
  says(line: string, times?: number): Promise<void>;
  leave(): Promise<void>;
}

/** @param command runs the probe. He leaves when the test is over, at the latest. */
export function startMeddler(command: readonly [string, string], what: Meddling): Meddler {
  const child = spawn(command[0], [command[1]], { stdio: ["pipe", "pipe", "inherit"] });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const exit = once(child, "exit");
  child.stdin.write(`${JSON.stringify(what)}\n`);
  const leave = async (): Promise<void> => {
    child.stdin.end();
    await exit;
  };
  onTestFinished(leave);
  return {
    lines,
    leave,
    says: (line, times = 1) =>
      until(
        () => lines.filter((said) => said === line).length >= times,
        () => `${line}, not only ${lines.join(", ")}`,
      ),
  };
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { text } from "node:stream/consumers";

/** The script that brings the cluster up and reaches its hosts; it says itself how. */
export const CLUSTER_SCRIPT = path.join(import.meta.dirname, "cluster.sh");

/** Names of its nodes. */
export const NODES = ["node1", "node2", "node3"] as const;

export type NodeName = (typeof NODES)[number];

/** Where the machine itself, and so the test, can be reached from the cluster's hosts. */
export const TEST_ADDRESS = `${process.env["CLUSTER_NET"] ?? "198.18.77"}.254`;

/** Where the cluster keeps its files; `NAME/init` holds the process id of a host's first process. */
export const STATE_FOLDER = `/run/disbatch-${process.env["CLUSTER_TAG"] ?? "dbt"}`;

/** Which cluster is meant, for the script: the usual one when nothing is set. */
export const CLUSTER_ENV: Readonly<Record<string, string>> = Object.fromEntries(
  ["CLUSTER_TAG", "CLUSTER_NET"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);

/** How a command ended, and what it wrote. */
export interface Outcome {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the script, in `cwd`; resolves when it has ended. */
export async function runClusterScript(args: readonly string[], cwd: string): Promise<Outcome> {
  const script = spawn(CLUSTER_SCRIPT, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(script, "close");
  const [stdout, stderr] = await Promise.all([text(script.stdout), text(script.stderr), closed]);
  return { code: script.exitCode, stdout, stderr };
}

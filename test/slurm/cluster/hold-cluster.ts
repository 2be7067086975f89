import { spawn } from "node:child_process";
import { once } from "node:events";
import { CLUSTER_SCRIPT } from "./cluster.ts";

/**
 * Runs once before the tests that need Slurm: brings the cluster up, and down again after the last of them. The script does
 * that when the pipe to it closes, so also when the tests are interrupted or killed.
 *
 * @throws Error of one line that says what is missing.
 */
export default async function holdCluster(): Promise<() => Promise<void>> {
  // In a group of its own: Ctrl-C is for the tests.
  const script = spawn(CLUSTER_SCRIPT, ["hold"], { stdio: ["pipe", "pipe", "pipe"], detached: true });
  const closed = once(script, "close");
  let complaints = "";
  script.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString("utf8")));
  await Promise.race([once(script.stdout, "data"), closed]);
  if (script.exitCode !== null) throw new Error(`no Slurm to test with: ${complaints.trim()}`);
  return async () => {
    script.stdin.end();
    await closed;
    if (script.exitCode !== 0) throw new Error(`the cluster was not taken down: ${complaints.trim()}`);
  };
}

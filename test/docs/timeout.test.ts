import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { openWorkspace } from "../support/fixtures.ts";

/** What stands for `timeout` where pages are run. */
const TIMEOUT = path.join(import.meta.dirname, "bin/timeout");

test("what ends a run of a page shows what the run prints, and nothing of its own on a busy machine", () => {
  const workspace = openWorkspace();
  // The run has ended before bash comes to wait for it, which is when bash would say so.
  workspace.write("slow", 'kill() { builtin kill "$@"; local code=$?; command sleep 0.3; return $code; }\n');
  workspace.write(
    "run",
    "echo printed; echo complained >&2; echo '\"task-assigned\"' >a_journal.jsonl; exec sleep 60\n",
  );
  const { stdout, stderr, signal } = spawnSync(TIMEOUT, ["-s", "KILL", "1", "bash", "run"], {
    cwd: workspace.folder,
    env: { ...workspace.env, BASH_ENV: workspace.path("slow") },
    encoding: "utf8",
  });
  expect([stdout, stderr, signal]).toEqual(["printed\n", "complained\n", "SIGKILL"]);
});

import { spawnSync } from "node:child_process";
import { cpSync, renameSync, rmSync } from "node:fs";
import type { Artifact } from "./artifacts.ts";
import type { CaseRun } from "./case.ts";
import { fingerprint } from "./folder-contents.ts";
import { hintsIn, paste } from "./hints.ts";
import { judgeFolder, judgeOutput } from "./judge-run.ts";
import type { Workspace } from "./workspace.ts";

/** Carries out one run of a case. Lists what differs from what is expected, and then what was seen. */
export async function faultsOf(expected: CaseRun, artifact: Artifact, workspace: Workspace): Promise<string[]> {
  const prepared = bash(workspace, expected.before);
  const before = fingerprint(workspace.folder);
  const run = workspace.run(artifact, expected.args, {
    ...(expected.env !== undefined && { env: expected.env }),
    ...(expected.stdin !== undefined && { stdin: expected.stdin }),
  });
  const exit = await run.exited;
  const written = { stdout: run.stdout(), stderr: run.stderr() };
  const after = fingerprint(workspace.folder);
  const faults = [
    ...prepared,
    ...judgeOutput(expected, exit, written),
    ...judgeFolder(expected, workspace),
    ...(expected.untouched === true ? changes(before, after) : []),
    ...bash(workspace, expected.after),
    ...hintsIn(written.stderr).flatMap(({ command }) => pasted(command, expected, workspace)),
  ];
  const seen = [`disbatch ${expected.args.join(" ")}`, `stdout: ${written.stdout}`, `stderr: ${written.stderr}`];
  return faults.length === 0 ? [] : [...faults, ...seen];
}

/**
 * Types what the program has printed to go on with, somewhere else: it runs what it promises to, and what becomes of that is
 * no business of the next run.
 */
function pasted(command: string, { env, stdin, exit: before }: CaseRun, workspace: Workspace): string[] {
  const kept = `${workspace.folder}.kept`;
  cpSync(workspace.folder, kept, { recursive: true, preserveTimestamps: true });
  const { code, stderr } = paste(command, { ...workspace.env, ...env }, stdin);
  const [, statusFile = ""] = /^disbatch: status file: (.*)$/m.exec(stderr) ?? [];
  const started = workspace.status(statusFile).filter(({ flags }) => !/[SBC]/.test(flags));
  // What is wrong with a stream, or with a host, stays so.
  const isAsBefore = code === before && (code === 2 || code === 3);
  rmSync(workspace.folder, { recursive: true });
  renameSync(kept, workspace.folder);
  if (isAsBefore || ((code === 0 || code === 1) && started.length > 0)) return [];
  return [`pasted: ${command}`, `exit code ${code}, ${started.length} tasks run: ${stderr}`];
}

function changes(before: readonly string[], after: readonly string[]): string[] {
  return [
    ...before.filter((file) => !after.includes(file)).map((file) => `changed or gone: ${file}`),
    ...after.filter((file) => !before.includes(file)).map((file) => `changed or new: ${file}`),
  ];
}

/** Runs commands in the folder; says so when one fails. */
function bash(workspace: Workspace, commands?: string): string[] {
  if (commands === undefined) return [];
  const { status, stderr } = spawnSync("/bin/bash", ["-euxo", "pipefail", "-c", commands], {
    cwd: workspace.folder,
    env: { ...workspace.env },
    // Not a pipe from here: bash takes a socket for a remote login and reads the user's own settings.
    stdio: ["ignore", "ignore", "pipe"],
  });
  return status === 0 ? [] : [`bash exited with ${status}: ${stderr.toString()}`];
}

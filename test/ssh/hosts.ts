import { writeFileSync } from "node:fs";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { Artifact } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";
import type { DisbatchRun, RunOptions } from "../support/run-disbatch.ts";
import { SshPlace } from "../support/ssh-place.ts";
import type { Workspace } from "../support/workspace.ts";

/** A folder to run disbatch in, and a world of SSH around it. */
export interface Hosts {
  readonly place: SshPlace;
  readonly work: Workspace;
  /** Starts disbatch in the folder, with the place's ssh. */
  readonly run: (artifact: Artifact, args: readonly string[], options?: Partial<RunOptions>) => DisbatchRun;
  /**
   * Writes a program that a server runs in place of what it is asked to run: that runs behind an editor of the lines
   * which reach it.
   *
   * @param edits a script for sed.
   * @returns the line of sshd_config.
   */
  readonly editInput: (name: string, edits: string) => string;
}

/** Closed when the test is over, which fails the test when something was left behind. */
export async function openHosts(): Promise<Hosts> {
  const work = openWorkspace();
  const place = await SshPlace.open();
  onTestFinished(() => place.close());
  return {
    work,
    place,
    run: (artifact, args, options = {}) =>
      work.run(artifact, args, { ...options, env: { ...place.env, ...options.env } }),
    editInput: (name, edits) => {
      const script = path.join(place.home, name);
      const sftp = "*sftp*) exec /usr/lib/openssh/sftp-server ;;";
      const other = `*) sed -u '${edits}' | /bin/sh -c "$SSH_ORIGINAL_COMMAND" ;;`;
      writeFileSync(script, `#!/bin/sh\ncase $SSH_ORIGINAL_COMMAND in\n  ${sftp}\n  ${other}\nesac\n`, { mode: 0o755 });
      return `ForceCommand ${script}`;
    },
  };
}

/** Starts the dbUtil.sh of the run `run` in the folder of these hosts. */
export function util({ work, run }: Hosts, ...args: readonly string[]): DisbatchRun {
  const file = work.path("run_dbUtil.sh");
  return run({ name: "the utility", file, command: [file] }, args);
}

/** For sed: of the addresses that an engine is told to call, only that of its own loopback can be reached. */
export const ONLY_FORWARDED = [
  's/"host":"127[.]0[.]0[.]1"/"host":"@"/g',
  's/"host":"[^@"][^"]*"/"host":"192.0.2.1"/g',
  's/"host":"@"/"host":"127.0.0.1"/g',
].join(";");

/** For sed: the program is not at the path where it is here. */
export const NO_PROGRAM = "s#^/.*/dist/disbatch\\([.]mjs\\)\\{0,1\\}$#/nowhere/disbatch#";

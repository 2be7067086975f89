import { chmodSync, copyFileSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type Artifact, singleExecutable } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";
import type { Workspace } from "../support/workspace.ts";

/** The script for PATH. */
const SCRIPT = path.join(path.dirname(singleExecutable.file), "bin", "disbatch");
const OTHER_PROGRAMS = "/usr/bin:/bin";

/** What this file says when it is asked for the version of the program that it starts. */
async function versionOf(work: Workspace, file: string, env: Readonly<Record<string, string>> = {}) {
  const script: Artifact = { name: "the script", file, command: [file] };
  const run = work.run(script, ["--version"], { env: { PATH: OTHER_PROGRAMS, ...env } });
  const { code } = await run.exited;
  return { code, stdout: run.stdout(), stderr: run.stderr() };
}

/** What sbatch has run: a copy of the script in a folder of Slurm's. */
function spooledCopy(work: Workspace): string {
  const copy = work.path("spool/job00012/slurm_script");
  mkdirSync(path.dirname(copy), { recursive: true });
  copyFileSync(SCRIPT, copy);
  return copy;
}

const VERSION = {
  code: 0,
  stdout: expect.stringMatching(/^disbatch \d+\.\d+\.\d+ \(.*(?:Bun|Node) [\d.]+\)\n$/),
  stderr: "",
};

describe("the script of dist/bin", () => {
  test("starts the program, by either of its names and through a link", async () => {
    const work = openWorkspace();
    symlinkSync(SCRIPT, work.path("disbatch"));
    for (const file of [SCRIPT, path.join(path.dirname(SCRIPT), "disBatch"), work.path("disbatch")]) {
      expect(await versionOf(work, file)).toEqual(VERSION);
    }
  });

  test("starts the bundle where there is nothing else", async () => {
    const work = openWorkspace();
    mkdirSync(work.path("dist/bin"), { recursive: true });
    copyFileSync(SCRIPT, work.path("dist/bin/disbatch"));
    const bundle = path.join(path.dirname(singleExecutable.file), "disbatch.mjs");
    copyFileSync(bundle, work.path("dist/disbatch.mjs"));
    const node = path.dirname(process.execPath);
    expect(await versionOf(work, work.path("dist/bin/disbatch"), { PATH: `${node}:${OTHER_PROGRAMS}` })).toEqual(
      VERSION,
    );
  });

  test.each(["dist", "some  folder $x/it's disbatch Command=/x "])(
    "finds the program in %j when sbatch has a copy of it run: Slurm knows where it was",
    async (folder) => {
      const work = openWorkspace();
      const spool = spooledCopy(work);
      const script = work.path(`${folder}/bin/disbatch`);
      mkdirSync(path.dirname(script), { recursive: true });
      copyFileSync(SCRIPT, script);
      symlinkSync(singleExecutable.file, work.path(`${folder}/disbatch`));
      const shown = `JobId=12 JobName=a Command=/b UserId=jo(7) Command=${script} -p a  b Tasks WorkDir=/ StdErr=/x`;
      work.write("bin/scontrol", `#!/bin/sh\ncat "$0.txt"\n`);
      work.write("bin/scontrol.txt", `${shown}\n`);
      chmodSync(work.path("bin/scontrol"), 0o755);
      const asked = { SLURM_JOB_ID: "12", PATH: `${work.path("bin")}:${OTHER_PROGRAMS}` };
      expect(await versionOf(work, spool, asked)).toEqual(VERSION);
    },
  );

  test("finds the program when sbatch has a copy of it run, and PATH knows where it is", async () => {
    const work = openWorkspace();
    const spool = spooledCopy(work);
    expect(await versionOf(work, spool, { PATH: `${path.dirname(SCRIPT)}:${OTHER_PROGRAMS}` })).toEqual(VERSION);
  });

  test("says what is missing when it is alone", async () => {
    const work = openWorkspace();
    copyFileSync(SCRIPT, work.path("disbatch"));
    expect(await versionOf(work, work.path("disbatch"))).toEqual({
      ...{ code: 2, stdout: "", stderr: expect.stringContaining("put a link to the script into PATH") },
    });
  });
});

import { copyFileSync, mkdirSync, symlinkSync } from "node:fs";
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

const VERSION = { code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: "" };

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

  test("finds the program when sbatch has a copy of it run: Slurm knows where it was, or PATH does", async () => {
    const work = openWorkspace();
    const spool = "spool/job00012/slurm_script";
    mkdirSync(work.path(path.dirname(spool)), { recursive: true });
    copyFileSync(SCRIPT, work.path(spool));
    work.write("bin/scontrol", `#!/bin/sh\necho "JobId=$5 JobName=x Command=${SCRIPT} Tasks WorkDir=/"\n`);
    const scontrol = work.path("bin");
    const program: Artifact = { name: "chmod", file: "chmod", command: ["chmod", "755", `${scontrol}/scontrol`] };
    await work.run(program, []).exited;
    const asked = { SLURM_JOB_ID: "12", PATH: `${scontrol}:${OTHER_PROGRAMS}` };
    expect(await versionOf(work, work.path(spool), asked)).toEqual(VERSION);
    expect(await versionOf(work, work.path(spool), { PATH: `${path.dirname(SCRIPT)}:${OTHER_PROGRAMS}` })).toEqual(
      VERSION,
    );
  });

  test("says what is missing when it is alone", async () => {
    const work = openWorkspace();
    copyFileSync(SCRIPT, work.path("disbatch"));
    expect(await versionOf(work, work.path("disbatch"))).toEqual({
      ...{ code: 2, stdout: "", stderr: expect.stringContaining("put a link to the script into PATH") },
    });
  });
});

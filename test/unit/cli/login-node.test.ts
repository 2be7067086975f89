import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { Program } from "../../../src/run/program-name.ts";
import { refuseLoginNode } from "../../../src/cli/login-node.ts";
import type { ProgramAnswer } from "../../../src/places/slurm/ask.ts";
import { scratchFolder } from "../node/process/scratch.ts";

/** A folder for PATH with these programs. */
function folderOf(programs: Readonly<Record<string, string>>): string {
  const folder = scratchFolder();
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(path.join(folder, name), text);
    chmodSync(path.join(folder, name), 0o755);
  }
  return folder;
}

const CLUSTER: ProgramAnswer = { type: "answer", text: "Slurmctld(primary) at alpha is UP\n" };
const NO_CLUSTER: ProgramAnswer = {
  type: "refusal",
  reason: "scontrol: fatal: Could not establish a configuration source",
};
const SCRIPT = "#!/bin/sh\n";

/** @param programs in PATH; `disbatch` there is the program itself. */
function refuse(programs: Readonly<Record<string, string>>, answer = CLUSTER, args = ["-c2", "Tasks"]): Promise<void> {
  const folder = folderOf(programs);
  const program: Program = { command: [path.join(folder, "disbatch")], args, version: "1.2.3" };
  return refuseLoginNode(program, { PATH: folder }, () => Promise.resolve(answer));
}

/** The command line that it advises. */
async function advised(refused: Promise<void>): Promise<string | undefined> {
  const message = await refused.catch((error: unknown) => (error instanceof Error ? error.message : ""));
  return /; to submit one: (.*)$/.exec(message ?? "")?.[1];
}

const HERE = `cd ${process.cwd()} &&`;

describe("a machine where jobs can be submitted", () => {
  test("is not used, and what to type is said", async () => {
    const programs = { sbatch: SCRIPT, disbatch: SCRIPT };
    await expect(refuse(programs)).rejects.toMatchObject({ code: "login-node", exitCode: 2 });
    expect(await advised(refuse(programs, CLUSTER, ["-c2", "-R", "My Tasks", "-rX"]))).toMatch(
      `${HERE} sbatch -n 20 --wrap 'disbatch -c2 -R '`,
    );
  });

  test("is told to submit the script that the build makes, by its name or by its path", async () => {
    const folder = folderOf({ sbatch: SCRIPT, program: "\u007fELF" });
    mkdirSync(path.join(folder, "bin"));
    const script = path.join(folder, "bin", "disbatch");
    writeFileSync(script, SCRIPT, { mode: 0o755 });
    const program: Program = {
      command: [path.join(folder, "program")],
      args: ["-c2", "-R", "My Tasks", "-rX"],
      version: "1.2.3",
    };
    const refused = (PATH: string) => refuseLoginNode(program, { PATH }, () => Promise.resolve(CLUSTER));
    const words = `-c 2 -R -r X 'My Tasks'`;
    expect(await advised(refused(folder))).toBe(`${HERE} sbatch -n 20 ${script} ${words}`);
    expect(await advised(refused(`${folder}:${path.dirname(script)}`))).toBe(`${HERE} sbatch -n 20 disbatch ${words}`);
  });

  test("is told another way where the tasks are piped in, which no job's script can be", async () => {
    expect(await advised(refuse({ sbatch: SCRIPT, disbatch: SCRIPT }, CLUSTER, ["-c2", "-"]))).toBe(
      `${HERE} salloc -n 20 disbatch -c 2 -`,
    );
  });

  test("is not used either when its controller does not answer", async () => {
    const silent: ProgramAnswer = { type: "refusal", reason: "no answer" };
    await expect(refuse({ sbatch: SCRIPT, disbatch: SCRIPT }, silent)).rejects.toThrow("sbatch");
  });
});

test("a machine without Slurm, or with its programs alone, is as good as any", async () => {
  await expect(refuse({ disbatch: SCRIPT })).resolves.toBeUndefined();
  await expect(refuse({ sbatch: SCRIPT, disbatch: SCRIPT }, NO_CLUSTER)).resolves.toBeUndefined();
});

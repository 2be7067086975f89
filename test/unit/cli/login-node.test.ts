import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { refuseLoginNode } from "../../../src/cli/login-node.ts";
import type { Answer } from "../../../src/slurm/ask.ts";
import { scratchFolder } from "../process/scratch.ts";

/** A folder for PATH with these programs. */
function folderOf(programs: Readonly<Record<string, string>>): string {
  const folder = scratchFolder();
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(path.join(folder, name), text);
    chmodSync(path.join(folder, name), 0o755);
  }
  return folder;
}

const CLUSTER: Answer = { type: "answer", text: "Slurmctld(primary) at alpha is UP\n" };
const NO_CLUSTER: Answer = {
  type: "refusal",
  reason: "scontrol: fatal: Could not establish a configuration source",
};
const SCRIPT = "#!/bin/sh\n";

function refuse(programs: Readonly<Record<string, string>>, answer = CLUSTER, taskFile = "Tasks"): Promise<void> {
  return refuseLoginNode({ taskFile }, { PATH: folderOf(programs) }, () => Promise.resolve(answer));
}

describe("a machine where jobs can be submitted", () => {
  test("is not used, and what to type is said", async () => {
    await expect(refuse({ sbatch: SCRIPT, disbatch: SCRIPT })).rejects.toMatchObject({
      ...{ code: "login-node", exitCode: 2, message: expect.stringContaining("sbatch -n 20 disbatch Tasks") },
    });
  });

  test("is told another way where sbatch would not take the program, or the tasks are piped in", async () => {
    const wrapped = { message: expect.stringContaining('sbatch -n 20 --wrap "disbatch Tasks"') };
    await expect(refuse({ sbatch: SCRIPT, disbatch: "\u007fELF" })).rejects.toMatchObject(wrapped);
    await expect(refuse({ sbatch: SCRIPT })).rejects.toMatchObject(wrapped);
  });

  test("is not used either when its controller does not answer", async () => {
    await expect(refuse({ sbatch: SCRIPT }, { type: "refusal", reason: "no answer" })).rejects.toThrow("sbatch");
  });
});

test("a machine without Slurm, or with its programs alone, is as good as any", async () => {
  await expect(refuse({ disbatch: SCRIPT })).resolves.toBeUndefined();
  await expect(refuse({ sbatch: SCRIPT }, NO_CLUSTER)).resolves.toBeUndefined();
});

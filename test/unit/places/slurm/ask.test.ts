import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { slurmPrograms } from "../../../../src/places/slurm/ask.ts";
import { scratchFolder } from "../../node/process/scratch.ts";

/** A program in PATH that is this script. */
function program(script: string) {
  const folder = scratchFolder();
  writeFileSync(path.join(folder, "scontrol"), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(folder, "scontrol"), 0o755);
  return slurmPrograms({ PATH: `${folder}:${process.env["PATH"] ?? ""}` });
}

test("a program is asked for times in Unix seconds, in the folder that is named", async () => {
  const ask = program('echo "$SLURM_TIME_FORMAT $* $PWD"');
  const folder = scratchFolder();
  expect(await ask("scontrol", ["show", "job"], folder)).toEqual({ type: "answer", text: `%s show job ${folder}\n` });
});

test("a refusal is the last line that the program says", async () => {
  const ask = program("echo first; echo 'scontrol: error: it cannot be' >&2; exit 1");
  expect(await ask("scontrol", [])).toEqual({ type: "refusal", reason: "it cannot be" });
  expect(await program("exit 3")("scontrol", [])).toEqual({ type: "refusal", reason: "scontrol failed" });
});

test("a program that is not there is named", async () => {
  const ask = slurmPrograms({ PATH: scratchFolder() });
  expect(await ask("scontrol", [])).toEqual({ type: "refusal", reason: "there is no scontrol in PATH" });
});

test("what a program leaves running is not waited for", async () => {
  const file = path.join(scratchFolder(), "pid");
  onTestFinished(() => void process.kill(Number(readFileSync(file, "utf8"))));
  // Whoever waits for it has no answer, but a program that has not ended in time.
  const ask = program(`sleep 1000 & echo $! > ${file}; echo done`);
  expect(await ask("scontrol", [])).toEqual({ type: "answer", text: "done\n" });
});

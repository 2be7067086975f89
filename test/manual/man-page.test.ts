import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { findSystemProgram } from "../support/programs.ts";

const PAGE = path.resolve(import.meta.dirname, "../../dist/share/man/man1/disbatch.1");

/** A letter is made bold, or underlined, by writing over it. */
const WRITTEN_OVER = new RegExp(String.raw`.\u0008`, "gu");

function mandoc(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(findSystemProgram("mandoc", "install the package mandoc"), [...args, PAGE], { encoding: "utf8" });
}

test("the man page is good mdoc", () => {
  const { status, stdout, stderr } = mandoc("-T", "lint", "-W", "warning");
  expect([stdout, stderr, status]).toEqual(["", "", 0]);
});

test("what the man page shows on a terminal can be copied", () => {
  const written = mandoc("-T", "utf8", "-O", "width=100").stdout;
  const shown = written.replaceAll(WRITTEN_OVER, "");
  expect(shown).toContain("-s, --ssh-node HOST:COUNT,...");
  expect(shown).toContain("disbatch -s node[01-16]:8 Tasks");
  expect(shown).toContain("generate | disbatch -s localhost:5 -");
  expect(shown).toContain("~/.ssh/config");
  expect(shown).toContain("In a Slurm job\n");
  // The dash in the line of the name is the only character that has no key.
  expect(shown.replace("disbatch – run", "").match(/[^\x20-\x7e\n]/gu)).toBeNull();
});

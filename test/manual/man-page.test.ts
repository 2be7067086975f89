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

/** The page as a terminal of so many columns shows it. */
function shownAt(columns: number): string {
  return mandoc("-T", "utf8", "-O", `width=${columns}`).stdout.replaceAll(WRITTEN_OVER, "");
}

test("the man page fits a terminal of 40 columns", () => {
  expect(
    shownAt(40)
      .split("\n")
      .filter((line) => line.length > 40),
  ).toEqual([]);
});

test("the synopsis has every command", () => {
  const [, synopsis = ""] = /\nSYNOPSIS\n([\s\S]*?)\nDESCRIPTION\n/.exec(shownAt(80)) ?? [];
  expect(synopsis.split("\n").map((line) => line.trim())).toEqual([
    "disbatch [options] TASKFILE [GOAL ...]",
    "disbatch run [options] TASKFILE [GOAL ...]",
    "disbatch each [options] COMMAND [VALUES ...]",
    "disbatch recover [PREFIX]",
    "disbatch retry [options] PREFIX [INSTANCE ...]",
    "disbatch mark STATE PREFIX INSTANCE ...",
    "disbatch validate [options] FILE",
    "disbatch plan [options] FILE [GOAL ...]",
    "disbatch graph [options] FILE",
    "disbatch import [options] FORMAT FILE",
    "disbatch diff [options] PREFIX [RUN] [LATER]",
    "disbatch schema [options]",
    "disbatch submit [options] PREFIX [LINE ...]",
    "disbatch wait PREFIX [ID ...]",
    "disbatch status [options] [PREFIX]",
    "disbatch monitor [options] [PREFIX]",
    "disbatch web [options] [PREFIX ...]",
    "disbatch report [options] [PREFIX|FILE ...]",
    "disbatch output [options] [PREFIX] [ID ...]",
    "disbatch explain [options] [PREFIX] [TASK]",
    "disbatch lineage [options] FILE [PREFIX]",
    "disbatch runs [options] [FOLDER]",
    "disbatch kvs [options] VERB [KEY] [VALUE]",
    "disbatch completion SHELL",
    "disbatch help [COMMAND]",
    "PREFIX_dbUtil.sh [options]",
    "",
  ]);
});

test("what the man page shows on a terminal can be copied", () => {
  const shown = shownAt(100);
  expect(shown).toContain("-s, --ssh-node HOST:COUNT,...");
  expect(shown).toContain("disbatch -s node[01-16]:8 Tasks");
  expect(shown).toContain("generate | disbatch -s localhost:5 -");
  expect(shown).toContain("~/.ssh/config");
  expect(shown).toContain("In a Slurm job\n");
  // The dash in the line of the name is the only character that has no key.
  expect(shown.replace("disbatch – run", "").match(/[^\x20-\x7e\n]/gu)).toBeNull();
});

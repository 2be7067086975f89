import { readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import type { StatusLine } from "./status-file.ts";

/**
 * An end-to-end case: a folder with a task file, whatever else the runs read, and `case.json`, which is this. In its
 * strings `{HOST}` stands for this machine's host name.
 */
export interface Case {
  /** Name of its folder. */
  readonly name: string;
  readonly folder: string;
  /** What it shows, as a sentence. */
  readonly about: string;
  /** Runs of disbatch, one after the other in one folder. */
  readonly runs: readonly CaseRun[];
}

/** One run of disbatch, and all that is expected of it. */
export interface CaseRun {
  readonly args: readonly string[];
  /** Bash commands that prepare the folder. */
  readonly before?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is piped in. */
  readonly stdin?: string;
  readonly exit: number;
  /** The whole of stdout when it is a string (nothing when left out), else patterns that have to be found in it. */
  readonly stdout?: string | readonly string[];
  /** Patterns that have to be found in stderr. */
  readonly stderr?: readonly string[];
  /** Patterns that must not be found in stderr. */
  readonly stderrLacks?: readonly string[];
  /** Patterns of all lines of stderr, one each. */
  readonly stderrLines?: readonly string[];
  /** Where the status file is, as a pattern of its whole path from the folder. */
  readonly statusFile?: string;
  /** Columns of every line of the status file; the order of the lines is free. */
  readonly status?: readonly Partial<StatusLine>[];
  /** Files and what they hold. */
  readonly files?: Readonly<Record<string, string>>;
  /** Patterns of paths, each of which has to be there. */
  readonly created?: readonly string[];
  /** Bash commands that have to succeed in the folder afterwards. */
  readonly after?: string;
  /** True when nothing in the folder may have changed, nor may anything have been added. */
  readonly untouched?: boolean;
}

/** Reads all cases that stand in a folder. */
export function readCases(folder: string): Case[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => {
      const here = path.join(folder, entry.name);
      const text = readFileSync(path.join(here, "case.json"), "utf8").replaceAll("{HOST}", hostname());
      const { about, runs }: Pick<Case, "about" | "runs"> = JSON.parse(text);
      return { name: entry.name, folder: here, about, runs };
    });
}

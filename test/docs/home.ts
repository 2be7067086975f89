import { cpSync, mkdirSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { type Artifact, singleExecutable } from "../support/artifacts.ts";
import { userName } from "../support/user-name.ts";
import { Workspace } from "../support/workspace.ts";
import { Names } from "./page/names.ts";

/** Home and working folder of all pages. */
const SHOWN_HOME = "/home/you";
/** This machine, in pages. */
const SHOWN_HOST = "myhost";
/** Programs that stand in for the system's. */
const BIN = path.join(import.meta.dirname, "bin");
const DIST = path.dirname(singleExecutable.file);

/** Where a page is run: the home of a user who has the program in PATH, and nothing else. */
export interface Home {
  readonly workspace: Workspace;
  readonly names: Names;
  /** The whole environment of its blocks. */
  readonly env: Readonly<Record<string, string>>;
}

/** What a home may have beside its own. */
export interface HomeOptions {
  /** Which of the two; the executable when left out. */
  readonly artifact?: Artifact;
  /** Folders whose programs come first. */
  readonly bin?: readonly string[];
  /** More folders that pages show as the home. */
  readonly alsoHome?: readonly string[];
  /** Hosts have names that pages show. */
  readonly hasOwnNames?: boolean;
}

/** A home for one page; its workspace has to be closed. */
export function openHome(options: HomeOptions = {}): Home {
  const { artifact = singleExecutable, bin = [], alsoHome = [], hasOwnNames = false } = options;
  const workspace = new Workspace(makeShortFolder(), "h");
  const dist = artifact === singleExecutable ? DIST : copyWithoutExecutable(path.dirname(workspace.folder));
  const homes = [workspace.folder, ...alsoHome].map((real) => ({ real, shown: SHOWN_HOME }));
  const names = new Names(
    [...homes, { real: dist, shown: `${SHOWN_HOME}/disbatch/dist` }],
    hasOwnNames ? undefined : { real: hostname(), shown: SHOWN_HOST },
  );
  const env = {
    ...workspace.env,
    HOME: workspace.folder,
    PATH: [...bin, BIN, path.join(dist, "bin"), "/usr/bin:/bin", path.dirname(process.execPath)].join(":"),
    USER: userName(),
    TERM: "dumb",
    TZ: "UTC",
    LC_ALL: "C.UTF-8",
  };
  return { workspace, names, env };
}

/** Copies what was built but the executable: the scripts start the bundle then. @returns the copy. */
function copyWithoutExecutable(folder: string): string {
  const copy = path.join(folder, "dist");
  cpSync(DIST, copy, { recursive: true, filter: (file) => file !== singleExecutable.file });
  return copy;
}

const DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789";

/**
 * Makes a folder for a home whose path is as long as that of pages, `/home/you`: where lines are broken or cut, and columns are
 * aligned, depends on that.
 */
function makeShortFolder(): string {
  const start = Math.floor(Math.random() * DIGITS.length ** 2);
  for (let i = 0; i < DIGITS.length ** 2; i++) {
    const number = (start + i) % DIGITS.length ** 2;
    const name = `${DIGITS[Math.floor(number / DIGITS.length)]}${DIGITS[number % DIGITS.length]}`;
    try {
      mkdirSync(`/tmp/${name}`);
      return `/tmp/${name}`;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
  }
  throw new Error("/tmp has no room for another folder of two letters");
}

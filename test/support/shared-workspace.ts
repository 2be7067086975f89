import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, cpSync, existsSync, lchownSync, mkdirSync, mkdtempSync } from "node:fs";
import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { Artifact } from "./artifacts.ts";
import { openWorkspace } from "./fixtures.ts";
import { asOrdinaryUser, isRoot, ORDINARY_USER } from "./ordinary-user.ts";
import { type DisbatchRun, runDisbatch } from "./run-disbatch.ts";
import type { Workspace } from "./workspace.ts";

/** Only root can play two users. Anybody else plays both of them, without what takes another owner. */
export const playsTwoUsers = isRoot;

/** Whose runs these are, and an id that no account has: who else may write the folder. */
const USER = ORDINARY_USER;
const OTHER_USER = 64_322;

/** Everybody may make files, and only their owners may take them away, as in /tmp. */
export const STICKY = 0o1777;
/** Everybody may also take away and rename what others have made. */
export const NOT_STICKY = 0o777;

/** What another user may put in the place of a file. @param text what the file would hold. */
type Planter = (file: string, place: SharedWorkspace, text: string) => void;

const PLANTERS: Readonly<Record<string, Planter>> = {
  "a link to a file of the user's": (file, { precious }) => symlinkSync(precious, file),
  "a link that leads nowhere": (file, { nowhere }) => symlinkSync(nowhere, file),
  "a link to a device": (file) => symlinkSync("/dev/zero", file),
  "a named pipe": (file) => execFileSync("mkfifo", [file]),
  "a folder": (file) => mkdirSync(file),
};
const PLANTERS_OF_OTHERS: Readonly<Record<string, Planter>> = {
  "another user's file": (file, _, text) => writeFileSync(file, text),
  "another user's file that nobody may read": (file, _, text) => writeFileSync(file, text, { mode: 0 }),
  "another user's file that everybody may write": (file, _, text) => {
    writeFileSync(file, text);
    chmodSync(file, 0o666);
  },
};

/** What there is to be planted here, in words. */
export const PLANTED: readonly string[] = Object.keys(
  playsTwoUsers ? { ...PLANTERS, ...PLANTERS_OF_OTHERS } : PLANTERS,
);

/** A folder that two users may write, in which one of them has runs. */
export class SharedWorkspace {
  readonly workspace: Workspace;
  /** A file of the user's in a folder that is the user's alone. */
  readonly precious: string;
  /** Where the user could make a file, and must not. */
  readonly nowhere: string;

  /** @param mode permissions of the folder. */
  constructor(mode: number) {
    this.workspace = openWorkspace();
    const { folder, tmp } = this.workspace;
    const home = path.join(path.dirname(folder), "home");
    this.precious = path.join(home, "precious");
    this.nowhere = path.join(home, "nowhere");
    mkdirSync(home);
    writeFileSync(this.precious, "precious\n");
    chmodSync(path.dirname(folder), 0o755);
    chmodSync(folder, mode);
    if (playsTwoUsers) for (const own of [tmp, home, this.precious]) chownSync(own, USER, USER);
  }

  /** The user starts the program. */
  run(artifact: Artifact, args: readonly string[]): DisbatchRun {
    return this.workspace.run(artifact, args, { as: asOrdinaryUser });
  }

  /** The user calls a script that stands in the folder; or whoever runs the tests does. */
  call(script: string, args: readonly string[], by: "user" | "root" = "user"): DisbatchRun {
    const { env, folder: cwd } = this.workspace;
    const file = this.workspace.path(script);
    const as = by === "user" ? asOrdinaryUser : [];
    return runDisbatch({ name: script, file, command: [file] }, args, { cwd, env, as });
  }

  /** The other user puts something in the place of a file. @param text what the file would hold. */
  plant(name: string, what: string, text: string): void {
    const file = this.workspace.path(name);
    rmSync(file, { recursive: true, force: true });
    const planter = PLANTERS[what] ?? PLANTERS_OF_OTHERS[what];
    if (planter === undefined) throw new Error(`nobody knows how to plant ${what}`);
    planter(file, this, text);
    if (playsTwoUsers) lchownSync(file, OTHER_USER, OTHER_USER);
  }

  /** The user's own file is there again. */
  restore(name: string, text: string, mode: number): void {
    const file = this.workspace.path(name);
    rmSync(file, { recursive: true, force: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
    if (playsTwoUsers) chownSync(file, USER, USER);
  }

  /** Names of all that stands in the folder. */
  get entries(): string[] {
    return readdirSync(this.workspace.folder).toSorted();
  }

  /** What links led to has not been touched. */
  get isUntouched(): boolean {
    return readFileSync(this.precious, "utf8") === "precious\n" && !existsSync(this.nowhere);
  }
}

/** The built programs, where the user can read them while the tests of the file run: those in dist may stand in a folder of root's. */
export function shareArtifacts(artifacts: readonly Artifact[]): readonly Artifact[] {
  if (!playsTwoUsers) return artifacts;
  const folder = mkdtempSync(path.join(tmpdir(), "disbatch-shared-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeAll(() => {
    chmodSync(folder, 0o755);
    for (const { file } of artifacts) cpSync(file, path.join(folder, path.basename(file)));
  });
  return artifacts.map(({ name, file, command }) => {
    const shared = path.join(folder, path.basename(file));
    const [first, ...rest] = command.map((word) => (word === file ? shared : word));
    return { name, file: shared, command: [first ?? shared, ...rest] };
  });
}

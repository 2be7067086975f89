// Makes the archive of one platform.

import { chmodSync, cpSync, createWriteStream, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { basename, dirname, join } from "node:path";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { makeExecutable } from "../build/executable.mjs";
import { dist, root, version } from "../build/paths.mjs";
import { findRuntime } from "./runtimes.mjs";
import { TARGETS } from "./targets.mjs";

/** What an archive has beside the executable: where it stands, from the root of the repository, and where it comes. */
const CONTENTS = {
  "dist/bin": "bin",
  "dist/share": "share",
  "dist/THIRD-PARTY-LICENSES": "THIRD-PARTY-LICENSES",
  LICENSE: "LICENSE",
  "README.md": "README.md",
  "ARCHITECTURE.md": "ARCHITECTURE.md",
  "CONTRIBUTING.md": "CONTRIBUTING.md",
  "CHANGELOG.md": "CHANGELOG.md",
  docs: "docs",
  exampleTaskFiles: "exampleTaskFiles",
  exampleWorkflows: "exampleWorkflows",
};

/** What the spelling of the documents is checked with is no document. */
const LEFT_OUT = join(root, "docs", "words.txt");

/** What `dist/share` must have. */
const SHARED = [
  "man/man1/disbatch.1",
  "bash-completion/completions/disbatch",
  "zsh/site-functions/_disbatch",
  "fish/vendor_completions.d/disbatch.fish",
];

/**
 * Makes the archive.
 *
 * @param target one of TARGETS, by its name.
 * @param bun Bun's program for this platform.
 * @param time of all files, in seconds since 1970.
 * @param folder where the archive is put.
 */
export async function makeArchive(target, bun, time, folder) {
  const { runtime, bun: name } = TARGETS[target];
  const place = join(folder, `disbatch-${version}-linux-${target}`);
  const filter = (file) => file !== LEFT_OUT;
  for (const [from, to] of Object.entries(CONTENTS)) {
    cpSync(join(root, from), join(place, to), { recursive: true, filter });
  }
  writeFileSync(join(place, "install.sh"), installScript(target));
  chmodSync(join(place, "install.sh"), 0o755);
  await makeExecutable(bun, join(place, "disbatch"), { target: name, runtime: await findRuntime(runtime) });
  await pack(place, time);
  rmSync(place, { recursive: true });
}

/** Says what of `dist/share` is missing. */
export function missingShares() {
  return SHARED.map((file) => join(dist, "share", file)).filter((file) => !existsSync(file));
}

function installScript(target) {
  const script = readFileSync(join(root, "scripts/release/install.sh"), "utf8");
  return script.replaceAll("@VERSION@", version).replaceAll("@TARGET@", target);
}

/** Packs a folder so that nothing but its contents and the time counts: no order, owner, mask or clock of this machine. */
async function pack(place, time) {
  const how = ["--format=ustar", "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=rX"];
  const args = ["--create", ...how, `--mtime=@${time}`, "--directory", dirname(place), basename(place)];
  const tar = spawn("tar", args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(tar, "close");
  await pipeline(tar.stdout, createGzip(), createWriteStream(`${place}.tar.gz`));
  const [code] = await ended;
  if (code !== 0) throw new Error(`release: tar ended with ${code}`);
}

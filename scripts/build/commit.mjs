// What git says of the files that are built. They may also stand where there is no git, or in a repository of something else.

import { spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { root } from "./paths.mjs";

/** Short name of the commit, with "-dirty" behind it when tracked files differ from it; empty where it is not known. */
export function commitName() {
  if (!isOwnRepository()) return "";
  const name = git("rev-parse", "--short=10", "HEAD");
  return git("status", "--porcelain", "--untracked-files=no") === "" ? name : `${name}-dirty`;
}

/** When the release is from, in seconds since 1970: what SOURCE_DATE_EPOCH says, or the time of the commit, or 0. */
export function sourceTime() {
  const given = process.env.SOURCE_DATE_EPOCH ?? "";
  if (/^\d+$/.test(given)) return Number(given);
  return isOwnRepository() ? Number(git("log", "-1", "--format=%ct")) : 0;
}

function isOwnRepository() {
  const top = git("rev-parse", "--show-toplevel");
  return top !== "" && realpathSync(top) === realpathSync(root);
}

/** What git prints; empty when it cannot be asked. */
function git(...args) {
  const { status, stdout } = spawnSync("git", ["--no-optional-locks", ...args], { cwd: root, encoding: "utf8" });
  return status === 0 ? stdout.trim() : "";
}

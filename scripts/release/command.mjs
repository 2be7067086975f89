// Programs that a release is made with.

import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { root } from "../build/paths.mjs";

/** Runs a program in the root of the repository. Returns what it prints. @throws Error when it fails. */
export async function command(file, ...args) {
  const child = spawn(file, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [printed, complaints, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code === 0) return printed;
  throw new Error(`${file} ${args.join(" ")}: ended with ${code}\n${complaints}`);
}

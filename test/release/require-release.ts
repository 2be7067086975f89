import { existsSync } from "node:fs";
import { RELEASE } from "./release-files.ts";

/** Runs once before the tests of the release: says what to do when there is none. */
export default function requireRelease(): void {
  if (!existsSync(`${RELEASE}/SHA256SUMS`)) throw new Error('there is no release; run "npm run release" first');
}

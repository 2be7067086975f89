import { existsSync } from "node:fs";
import { artifacts } from "./artifacts.ts";

/** Runs once before the end-to-end tests: says what to do when the programs have not been built. */
export default function requireArtifacts(): void {
  const missing = artifacts.map((artifact) => artifact.file).filter((file) => !existsSync(file));
  if (missing.length > 0) throw new Error(`not built: ${missing.join(", ")}; run "npm run build" first`);
}

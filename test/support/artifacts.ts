import path from "node:path";

const DIST = path.resolve(import.meta.dirname, "../../dist");

/** One of the two forms in which the program ships. */
export interface Artifact {
  readonly name: string;
  /** The file that was built. */
  readonly file: string;
  /** Program and first arguments that run it. */
  readonly command: readonly [program: string, ...args: string[]];
}

const bundle = path.join(DIST, "disbatch.mjs");
const executable = path.join(DIST, "disbatch");

/** The one that needs nothing but itself. */
export const singleExecutable: Artifact = { name: "single executable", file: executable, command: [executable] };

/** Both built programs; every end-to-end test runs on each of them. */
export const artifacts: readonly Artifact[] = [
  { name: "Node bundle", file: bundle, command: [process.execPath, bundle] },
  singleExecutable,
];

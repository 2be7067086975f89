/** The version in package.json; the build puts it in. */
export const VERSION: string = process.env["DISBATCH_VERSION"] ?? "development";

/** The commit that the program was built from, with "-dirty" behind it when files differed; empty when that is not known. */
const COMMIT: string = process.env["DISBATCH_COMMIT"] ?? "";

/** What --version prints: the version, what it was built from, and what runs it. */
export function describeVersion(version: string): string {
  const { bun, node } = process.versions;
  const runtime = bun === undefined ? `Node ${node}` : `Bun ${bun}`;
  return `disbatch ${version} (${COMMIT === "" ? runtime : `${COMMIT}, ${runtime}`})`;
}

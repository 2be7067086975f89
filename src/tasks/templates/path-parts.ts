/** Parts of a path, as GNU parallel cuts them, by what stands behind the name in a placeholder. */
const PARTS = {
  "": (path: string) => path,
  /** Without the extension. */
  ".": withoutExtension,
  /** The name in its folder. */
  "/": nameIn,
  /** The folder. */
  "//": folderOf,
  /** The name in its folder, without the extension. */
  "/.": (path: string) => withoutExtension(nameIn(path)),
} as const;

/** What stands behind the name in a placeholder, and chooses a part of the value. */
export type PathPart = keyof typeof PARTS;

/** The parts in the order in which they are looked for at the end of a placeholder. */
export const PATH_PARTS: readonly PathPart[] = ["/.", "//", "/", "."];

/** A part of a path, which need not lead anywhere. */
export function partOf(path: string, part: PathPart): string {
  return PARTS[part](path);
}

function withoutExtension(path: string): string {
  return path.replace(/\.[^/.]*$/, "");
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The same as the program `dirname` prints. */
function folderOf(path: string): string {
  const folder = path.replace(/\/+$/, "").replace(/[^/]*$/, "");
  const trimmed = folder.replace(/\/+$/, "");
  if (trimmed !== "") return trimmed;
  return path.startsWith("/") ? "/" : ".";
}

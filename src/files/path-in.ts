/** Makes the path by which a file of a folder is opened. @param folder absolute path; other paths are from it, unless they are absolute. */
export function pathsIn(folder: string): (path: string) => string {
  // The way from where this process works is shorter.
  const before = folder === process.cwd() ? "" : `${folder}/`;
  return (path) => (path.startsWith("/") ? path : before + path);
}

import { dirname, isAbsolute, normalize, relative, resolve, sep } from "node:path";

/** What a path may be called in a document. */
export interface PathInRun {
  /** As the document may have it. */
  readonly path: string;
  /** Folder from which its paths are. */
  readonly folder: string;
}

/**
 * What a file may be called in a document, the most likely first. The tree of a run may have been moved since: then its paths are from
 * some folder above the run's records.
 *
 * @param files absolute paths of the file.
 * @param folder where the tasks of the run worked.
 * @param prefix of the run, as it is now.
 */
export function pathsInRun(files: readonly string[], folder: string, prefix: string): readonly PathInRun[] {
  const folders = [folder, ...foldersAbove(prefix)];
  const found = folders.flatMap((from) =>
    files.flatMap((file) => {
      const path = pathFrom(from, file);
      return path === undefined ? [] : [{ path, folder: from }];
    }),
  );
  return [...found, ...files.map((path) => ({ path, folder }))];
}

/** Folders that a path is in, the nearest first. */
export function foldersAbove(path: string): readonly string[] {
  const folders: string[] = [];
  for (let at = dirname(path); ; at = dirname(at)) {
    if (at === folders.at(-1)) return folders;
    folders.push(at);
  }
}

/** Undefined for what is not in the folder. */
function pathFrom(folder: string, file: string): string | undefined {
  const path = relative(resolve(folder), file);
  return path === "" || path === ".." || path.startsWith(`..${sep}`) || isAbsolute(path) ? undefined : normalize(path);
}

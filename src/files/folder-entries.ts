import { lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs";

/** Something that is in a folder. */
export interface FolderEntry {
  /** Its name; each byte is a character. */
  readonly name: string;
  readonly path: Buffer;
  readonly stats: Stats;
  /** Where a link leads; each byte is a character. Undefined for what is none. */
  readonly link: string | undefined;
}

const SLASH = Buffer.from("/");

/** What is in a folder, in the order of the bytes of names. @throws Error with an errno. */
export function* foldersEntries(folder: Buffer): Generator<FolderEntry, void, void> {
  for (const name of readdirSync(folder, "buffer").toSorted((a, b) => a.compare(b))) {
    const path = Buffer.concat([folder, SLASH, name]);
    const stats = lstatSync(path);
    const link = stats.isSymbolicLink() ? readlinkSync(path, "latin1") : undefined;
    yield { name: name.toString("latin1"), path, stats, link };
  }
}

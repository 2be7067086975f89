import { PathIndex } from "./path-index.ts";
import type { PathPattern } from "./path-pattern.ts";

/** A file of a task: whose path has places for values, or none. */
export interface PathEntry {
  /** The path of one without places for values. */
  readonly literal: string | undefined;
  /** The same of any; made when it is asked for. */
  readonly pattern: PathPattern;
}

/** Finds files that may be one another, or in one another. While no path has places for values, this costs a look at a map. */
export class Neighbours<Entry extends PathEntry> {
  #literals = new Map<string, Entry>();
  /** Folders of all literals. */
  readonly #folders = new Set<string>();
  /** A folder that neither is a literal nor is in one. */
  #free = "";
  /** The folder of the last literal. */
  #last = "";
  /** Takes the place of literals once there is a path with places for values. */
  #index: PathIndex<Entry> | undefined;

  /** Of entries with the same literal path one is kept at least. */
  add(entry: Entry): void {
    const { literal } = entry;
    if (this.#index === undefined && literal !== undefined) this.#addLiteral(literal, entry);
    else this.#indexed().add(entry);
  }

  /** All that may be the same file, or in it, or the folder of it. */
  near(entry: PathEntry): Iterable<Entry> {
    if (this.#index === undefined && this.#literals.size === 0) return [];
    const { literal } = entry;
    if (this.#index === undefined && literal !== undefined) return this.#nearLiteral(literal);
    return this.#indexed().near(entry.pattern);
  }

  #addLiteral(path: string, entry: Entry): void {
    if (!this.#literals.has(path)) this.#literals.set(path, entry);
    if (this.#free.startsWith(path)) this.#free = "";
    if (isIn(this.#last, path)) return;
    for (const folder of foldersOf(path)) {
      if (this.#folders.has(folder)) break;
      this.#folders.add(folder);
    }
    this.#last = folderOf(path);
  }

  #nearLiteral(path: string): readonly Entry[] {
    const found: Entry[] = [];
    const same = this.#literals.get(path);
    if (same !== undefined) found.push(same);
    if (!isIn(this.#free, path)) {
      const before = found.length;
      for (const folder of foldersOf(path)) {
        const outer = this.#literals.get(folder);
        if (outer !== undefined) found.push(outer);
      }
      if (found.length === before) this.#free = folderOf(path);
    }
    if (!this.#folders.has(path)) return found;
    for (const [other, entry] of this.#literals) if (other.startsWith(`${path}/`)) found.push(entry);
    return found;
  }

  #indexed(): PathIndex<Entry> {
    if (this.#index !== undefined) return this.#index;
    this.#index = new PathIndex();
    for (const entry of this.#literals.values()) this.#index.add(entry);
    this.#literals = new Map();
    this.#folders.clear();
    return this.#index;
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** Whether a path is that of a file right in a folder. Neighbours are mostly in one: nothing is made to find that out. */
function isIn(folder: string, path: string): boolean {
  return folder !== "" && path.lastIndexOf("/") === folder.length && path.startsWith(folder);
}

/** Folders that a path is in, from the innermost on. */
function* foldersOf(path: string): Generator<string> {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) yield path.slice(0, end);
}

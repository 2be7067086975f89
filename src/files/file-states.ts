import type { MadeFile } from "../domain/task-files.ts";
import { errnoOf } from "../domain/system-error.ts";
import { ChangingFileError, type Contents, contentsOf, smallContentsOf } from "./digest.ts";
import { pathsIn } from "./path-in.ts";
import { isSureStamp, stampAt } from "./stamp.ts";
import { Turns } from "./turns.ts";

/** What is known of a file as long as it has this stamp. */
export interface KnownContents {
  readonly stamp: string;
  readonly digest: string;
}

type Known = (stamp: string) => KnownContents | undefined;

/** What became of the contents of a file that were to be read. */
export type Unread = "missing" | "unreadable" | "changing";

interface State {
  /** Undefined where there is nothing. */
  readonly stamp: string | undefined;
  digest?: string | undefined;
  /** Whether the stamp will tell later on that the digest still holds. */
  isSure?: boolean | undefined;
  /** Why there is no digest. */
  unread?: Unread | undefined;
}

/** Milliseconds for which a second look at a file counts. */
const LOOK = 1000;

/**
 * What files are in a run: each is looked at once, and its contents are read once, unless a task has made it anew. Contents are read
 * one file after another, and the rest of the process goes on beside that.
 */
export class FileStates {
  readonly #pathOf: (path: string) => string;
  readonly #states = new Map<string, State | Promise<void>>();
  /** By path: when it was looked at again, and what its stamp was then. */
  readonly #again = new Map<string, { readonly time: number; readonly stamp: ReturnType<FileStates["stampNow"]> }>();
  readonly #turns = new Turns();
  /** What was read, and may be known of later on. */
  #news: [path: string, contents: KnownContents][] = [];
  /** Ends when all contents that were asked for have been read. */
  #reading: Promise<void> | undefined;

  /** @param folder from which paths are that are not absolute. */
  constructor(folder: string) {
    this.#pathOf = pathsIn(folder);
  }

  /** The stamp of a file or folder; undefined where there is none. A promise for a folder that is looked at for the first time. */
  stampOf(path: string): string | undefined | Promise<string | undefined> {
    const state = this.#states.get(path) ?? this.#look(path);
    return state instanceof Promise ? state.then(() => this.#stateOf(path)?.stamp) : state.stamp;
  }

  /**
   * Makes sure that `digestOf` can tell of the file.
   *
   * @param known what earlier runs know of it; it counts if its stamp is the one that is asked for.
   * @returns undefined when it can at once.
   */
  prepare(path: string, known?: Known): undefined | Promise<void> {
    const state = this.#states.get(path) ?? this.#look(path);
    if (state instanceof Promise) return state.then(() => this.prepare(path, known));
    if (state.stamp === undefined || state.digest !== undefined || state.unread !== undefined) return undefined;
    const before = known?.(state.stamp);
    if (before?.stamp === state.stamp) {
      state.digest = before.digest;
      state.isSure = true;
      return undefined;
    }
    if (this.#reading === undefined && !this.#turns.isOver && this.#readSmall(path, state)) return undefined;
    const reading = (this.#reading ?? Promise.resolve()).then(() => this.#readAny(path));
    this.#reading = reading;
    void reading.finally(() => {
      if (this.#reading === reading) this.#reading = undefined;
    });
    return reading;
  }

  /**
   * Whether a file has these contents, as far as nothing has to be read to tell.
   *
   * @param stamp that it has as long as it is sure to have them.
   */
  has(path: string, digest: string, stamp: string | undefined): boolean {
    const state = this.#states.get(path) ?? this.#look(path);
    if (state instanceof Promise || state.stamp === undefined || state.unread !== undefined) return false;
    if (state.digest !== undefined) return state.digest === digest;
    if (state.stamp !== stamp) return false;
    state.digest = alone(digest);
    state.isSure = true;
    return true;
  }

  /** Digest of the contents, or why there is none; `prepare` has been called. */
  digestOf(path: string): { readonly digest: string } | Unread {
    const state = this.#stateOf(path);
    if (state?.digest !== undefined) return { digest: state.digest };
    return state?.unread ?? "missing";
  }

  /** The stamp that will tell whether a file still has these contents; undefined where none will. */
  sureStampOf(path: string): string | undefined {
    const state = this.#stateOf(path);
    return state?.isSure === true ? state.stamp : undefined;
  }

  /** Contents that were read since this was asked last, and whose stamps will tell that they are the same. */
  takeNews(): readonly (readonly [path: string, contents: KnownContents])[] {
    if (this.#news.length === 0) return this.#news;
    const news = this.#news;
    this.#news = [];
    return news;
  }

  /**
   * Takes note of files that a task has made in this run.
   *
   * @param time before their contents were read, in milliseconds since 1970.
   */
  made(files: readonly MadeFile[], time: number): void {
    for (const { path, stamp, digest } of files) {
      this.#states.set(path, { stamp, digest, isSure: digest !== undefined && isSureStamp(stamp, time) });
      this.#again.delete(path);
    }
  }

  /** Takes note that a file may have become another one, without anybody knowing what. */
  forget(path: string): void {
    this.#states.delete(path);
    this.#again.delete(path);
  }

  /** The stamp that a file has by now; undefined where there is none. A look of the last second counts. */
  stampNow(path: string): string | undefined | Promise<string | undefined> {
    const last = this.#again.get(path);
    const time = performance.now();
    if (last !== undefined && time - last.time < LOOK) return last.stamp;
    let stamp: string | undefined | Promise<string | undefined>;
    try {
      stamp = stampAt(this.#pathOf(path));
    } catch {
      stamp = undefined;
    }
    if (stamp instanceof Promise) stamp = stamp.catch(() => undefined);
    this.#again.set(path, { time, stamp });
    return stamp;
  }

  #stateOf(path: string): State | undefined {
    const state = this.#states.get(path);
    return state instanceof Promise ? undefined : state;
  }

  #look(path: string): State | Promise<void> {
    let state: State | Promise<void>;
    try {
      const stamp = stampAt(this.#pathOf(path));
      state = stamp instanceof Promise ? this.#lookInside(path, stamp) : { stamp };
    } catch (error) {
      state = { stamp: undefined, unread: unreadBy(error) };
    }
    this.#states.set(path, state);
    return state;
  }

  async #lookInside(path: string, stamp: Promise<string>): Promise<void> {
    const state = await stamp.then(
      (found): State => ({ stamp: found }),
      (error: unknown): State => ({ stamp: undefined, unread: unreadBy(error) }),
    );
    // A task may have made it meanwhile.
    if (this.#states.get(path) instanceof Promise) this.#states.set(path, state);
  }

  #readSmall(path: string, state: State): boolean {
    // The stamp of a folder has its number of entries, too.
    if (state.stamp?.includes(":") === true) return false;
    const time = Date.now();
    try {
      const contents = smallContentsOf(this.#pathOf(path));
      if (contents !== undefined) this.#took(path, state, contents, time);
      return contents !== undefined;
    } catch (error) {
      state.unread = unreadBy(error);
      return true;
    }
  }

  async #readAny(path: string): Promise<void> {
    if (this.#turns.isOver) await this.#turns.next();
    const state = this.#stateOf(path);
    if (state?.stamp === undefined || state.digest !== undefined || state.unread !== undefined) return;
    const time = Date.now();
    try {
      this.#took(path, state, await contentsOf(this.#pathOf(path)), time);
    } catch (error) {
      state.unread = unreadBy(error);
    }
  }

  #took(path: string, state: State, { digest, stamp }: Contents, time: number): void {
    if (stamp !== state.stamp) {
      state.unread = "changing";
      return;
    }
    state.digest = digest;
    state.isSure = isSureStamp(stamp, time);
    if (state.isSure) this.#news.push([path, { stamp, digest }]);
  }
}

/** The same digest, which keeps no longer text in memory that it is a part of. */
function alone(digest: string): string {
  return Buffer.from(digest, "latin1").toString("latin1");
}

function unreadBy(error: unknown): Unread {
  if (error instanceof ChangingFileError) return "changing";
  const errno = errnoOf(error);
  return errno === "ENOENT" || errno === "ENOTDIR" ? "missing" : "unreadable";
}

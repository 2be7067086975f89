import { basename, dirname, isAbsolute, join, normalize, resolve } from "node:path";
import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { errnoText } from "../../domain/system-error.ts";
import type { TaskOutput } from "../../domain/task-files.ts";
import { hasFailedWith, OutputError } from "./errors.ts";
import type { FileCalls } from "./file-calls.ts";

/** Where an output is to be put, with all links on the way to it followed. */
export interface OutputPlace {
  /** Absolute. */
  readonly path: string;
  /** The nearest folder above it that is there, and its file system. */
  readonly near: string;
  readonly device: number;
}

/** How an output is called in sentences. */
export function titleOfOutput({ name, path }: Pick<TaskOutput, "name" | "path">): string {
  return `output ${name}, ${path},`;
}

/** Finds where outputs of a task are to be put. Those in one folder are looked for once. */
export class OutputPlaces {
  readonly #root: string;
  readonly #calls: FileCalls;
  #realRoot: Promise<string> | undefined;
  /** By folder. */
  readonly #folders = new Map<string, Promise<OutputPlace>>();

  /** @param root folder of the run's tasks. */
  constructor(root: string, calls: FileCalls) {
    this.#root = root;
    this.#calls = calls;
  }

  /** @throws OutputError for a path that leaves the folder of the tasks, by itself or by links, though it is not absolute. */
  async of(output: TaskOutput): Promise<OutputPlace> {
    const { path } = output;
    const why = whyRefused(path);
    if (why !== undefined) throw new OutputError(`${titleOfOutput(output)} ${why}`);
    try {
      const { near, device, path: folder } = await this.#folderAt(dirname(resolve(this.#root, path)));
      if (!isAbsolute(path) && !isWithin(await this.realRoot, near)) {
        throw new OutputError(
          `${titleOfOutput(output)} would be put into ${near}: a link leads out of the folder of the tasks`,
        );
      }
      return { near, device, path: join(folder, basename(path)) };
    } catch (error) {
      if (error instanceof OutputError) throw error;
      throw new OutputError(`${titleOfOutput(output)} has no place: ${errnoText(error)}`, error);
    }
  }

  /** Folder of the run's tasks, with all links followed. */
  get realRoot(): Promise<string> {
    return (this.#realRoot ??= this.#calls.realpath(this.#root));
  }

  #folderAt(folder: string): Promise<OutputPlace> {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const found = this.#find(folder);
    this.#folders.set(folder, found);
    return found;
  }

  async #find(folder: string): Promise<OutputPlace> {
    try {
      const near = await this.#calls.realpath(folder);
      const there = await this.#calls.stat(near);
      if (!there.isDirectory()) throw new Error(`${quoteWord(folder)} is no folder`);
      return { path: near, near, device: there.dev };
    } catch (error) {
      if (!hasFailedWith(error, "ENOENT") || folder === dirname(folder)) throw error;
      const above = await this.#folderAt(dirname(folder));
      return { ...above, path: join(above.path, basename(folder)) };
    }
  }
}

function whyRefused(path: string): string | undefined {
  if (path === "" || path === "." || path === "/") return "has no name";
  if (path.includes("\0")) return "has a character in its path that no path can have";
  const isClean = normalize(path) === path && !path.endsWith("/");
  if (!isClean) return "has no plain path";
  return path === ".." || path.startsWith("../") ? "leaves the folder of the tasks" : undefined;
}

/** Whether a path is that of a folder or leads into it. */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder === "/" ? folder : `${folder}/`);
}

/** A folder that stands in pages under another name. */
export interface ShownName {
  readonly real: string;
  readonly shown: string;
}

const RUN_NAME = /_disBatch_\d{12}_\d{3}/g;

/**
 * What stands in pages under other names than it has where they are run: folders, this machine, and runs whose names were made up. Of
 * those the page's are known once a line of the page has been compared with the real one.
 */
export class Names {
  readonly #folders: readonly ShownName[];
  readonly #host: ShownName | undefined;
  readonly #runs = new Map<string, string>();

  /**
   * @param folders of two that pages show under one name, the first is meant.
   * @param host undefined where hosts have names that pages show.
   */
  constructor(folders: readonly ShownName[], host: ShownName | undefined) {
    this.#folders = folders;
    this.#host = host;
  }

  /** What a page says, in the names that things have here. */
  toReal(text: string): string {
    const renamed = longestFirst(this.#folders, "shown").reduce(
      (all, { real, shown }) => replaceName(all, shown, real),
      text,
    );
    const runs = renamed.replaceAll(RUN_NAME, (name) => this.#runs.get(name) ?? name);
    return this.#host === undefined ? runs : replaceName(runs, this.#host.shown, this.#host.real);
  }

  /** What was printed here, in the names that pages have for it. */
  toShown(text: string): string {
    const folders = longestFirst(this.#folders, "real").reduce(
      (all, { real, shown }) => replaceName(all, real, shown),
      text,
    );
    const known = new Map([...this.#runs].map(([shown, real]) => [real, shown]));
    const runs = folders.replaceAll(RUN_NAME, (name) => known.get(name) ?? name);
    return this.#host === undefined ? runs : replaceName(runs, this.#host.real, this.#host.shown);
  }

  /** Takes names of runs from a line of a page, and the line that was printed in its place. */
  learn(shown: string, printed: string): void {
    const real = printed.match(RUN_NAME) ?? [];
    for (const [i, name] of (shown.match(RUN_NAME) ?? []).entries()) {
      const meant = real[i];
      if (meant !== undefined && !this.#runs.has(name)) this.#runs.set(name, this.#runs.get(meant) ?? meant);
    }
  }
}

/** A folder before those that it stands in. */
function longestFirst(names: readonly ShownName[], which: keyof ShownName): ShownName[] {
  return names.toSorted((a, b) => b[which].length - a[which].length);
}

/** Replaces a name where it stands by itself, also as the beginning of a path, or in a file's name between `_`. */
function replaceName(text: string, name: string, by: string): string {
  const literal = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return text.replaceAll(
    new RegExp(String.raw`(?<![A-Za-z0-9.-])${literal}(?![A-Za-z0-9-]|\.[A-Za-z0-9])`, "g"),
    () => by,
  );
}

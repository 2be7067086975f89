/** Where values of a template come from, in the order in which they are combined. */
export type ValueSource =
  /** `NAME=LIST`: texts and ranges with commas between them. */
  | { readonly kind: "list"; readonly name: string; readonly text: string }
  /** `NAME=@FILE`: lines of a file. `-` is standard input. */
  | { readonly kind: "named-lines"; readonly name: string; readonly path: string }
  /** `::: VALUE...`, and `:::+ VALUE...`, which is linked with the source before it. */
  | { readonly kind: "words"; readonly words: readonly string[]; readonly isLinked: boolean }
  /** `:::: FILE`, and `::::+ FILE`. */
  | { readonly kind: "lines"; readonly path: string; readonly isLinked: boolean }
  /** `--csv FILE`: columns by the names in its first row. */
  | { readonly kind: "csv"; readonly path: string };

/** A list of commands that nobody writes: a command with places for values, and where these come from. */
export interface ListTemplate {
  readonly command: string;
  readonly sources: readonly ValueSource[];
  /** The first values of all sources make the first command, the second values the second; else all are combined with all. */
  readonly isZipped: boolean;
}

/** What stands for standard input in the place of a file. */
export const STANDARD_INPUT = "-";

/** The files that a template takes values from, in their order. */
export function filesOfTemplate({ sources }: ListTemplate): readonly string[] {
  return sources.flatMap((source) => ("path" in source ? [source.path] : []));
}

/** The same template, for whoever is in another folder. @param resolved gives the path of a file from there. */
export function withPaths(template: ListTemplate, resolved: (path: string) => string): ListTemplate {
  const moved = (path: string): string => (path === STANDARD_INPUT ? path : resolved(path));
  return {
    ...template,
    sources: template.sources.map((source) => ("path" in source ? { ...source, path: moved(source.path) } : source)),
  };
}

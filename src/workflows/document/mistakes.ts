import { type Diagnostic, MOST_LISTED, type Place, UserError } from "../../domain/errors.ts";
import { plural } from "../../domain/plural.ts";
import type { Lines } from "./lines.ts";
import type { Path, Tree } from "./tree.ts";

/** What is wrong, and what to do about it. */
export interface Mistake {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** All that is wrong with a document and those that it uses. The first ones are listed, the others counted. */
export class Mistakes {
  readonly #listed: Diagnostic[] = [];
  /** What is said of defaults is found in each task: it is told once. */
  readonly #told = new Set<string>();
  #firstUnlisted: Place | undefined;
  count = 0;

  /** Whether another one would be listed: what is costly to tell need not be found out otherwise. */
  get isListing(): boolean {
    return this.#listed.length < MOST_LISTED;
  }

  /** A mistake at a path of the document, which its message begins with. */
  at(tree: Tree, path: Path, mistake: Mistake, what: "key" | "value" = "value"): void {
    if (!this.isListing && this.#firstUnlisted !== undefined) {
      this.count++;
      return;
    }
    const shown = showPath(path);
    const message = shown === "" ? mistake.message : `${shown}: ${mistake.message}`;
    this.add(tree.placeOf(path, what), { message, hint: mistake.hint });
  }

  /** A mistake at an offset of a text. */
  in(lines: Lines, offset: number, mistake: Mistake): void {
    if (this.isListing || this.#firstUnlisted === undefined) this.add(lines.placeAt(offset), mistake);
    else this.count++;
  }

  add(place: Place, { message, hint }: Mistake): void {
    const key = `${place.file}:${place.line}:${place.column}: ${message}`;
    if (this.#told.has(key)) return;
    this.count++;
    if (this.isListing) this.#told.add(key);
    if (!this.isListing) {
      this.#firstUnlisted ??= place;
      return;
    }
    this.#listed.push({
      code: "bad-document",
      severity: "error",
      place,
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** @throws UserError `bad-document` with all of them, when there are any. */
  refuse(file: string, code = "bad-document"): void {
    if (this.count === 0) return;
    throw new UserError(code, `${file}: ${plural(this.count, "mistake")} in the document, nothing was run`, {
      diagnostics: this.diagnostics(),
    });
  }

  diagnostics(): readonly Diagnostic[] {
    const files = [...new Set(this.#listed.map(({ place }) => place.file))];
    const sorted = files.flatMap((file) => this.#listed.filter(({ place }) => place.file === file).toSorted(byPlace));
    if (this.#firstUnlisted === undefined) return sorted;
    const message = `and ${plural(this.count - sorted.length, "more mistake")}`;
    return [...sorted, { code: "bad-document", severity: "error", place: this.#firstUnlisted, message }];
  }
}

function byPlace({ place: a }: Diagnostic, { place: b }: Diagnostic): number {
  return a.line - b.line || a.column - b.column;
}

/** A path as people write it: `tasks.fetch.needs[0]`. */
function showPath(path: Path): string {
  let shown = "";
  for (const step of path) {
    if (typeof step === "number") shown += `[${step}]`;
    else shown += shown === "" ? step : `.${step}`;
  }
  return shown;
}

import type { Text } from "../document/workflow.ts";
import { textWith } from "../document/placed-text.ts";

/** What paths a text stands for, when axes have values. */
export class PathPattern {
  readonly text: Text;
  readonly #axes: readonly string[];
  readonly #isFolder: boolean;
  /** Undefined for a text without axes. */
  #expression: RegExp | undefined;

  /** @param isFolder all that is in the folder is meant, too. */
  constructor(text: Text, isFolder: boolean) {
    this.text = text;
    this.#isFolder = isFolder;
    this.#axes = [...new Set(text.flatMap((part) => (typeof part === "string" ? [] : [part.axis])))];
  }

  /**
   * Values of its axes with which the text is the path. Where two axes stand side by side there may be others.
   *
   * @returns undefined where there are none.
   */
  match(path: string): Readonly<Record<string, string>> | undefined {
    if (this.#axes.length === 0) return this.#isPlainly(path) ? {} : undefined;
    const [first] = this.text;
    // Most paths are none of most texts, and that is seen at once.
    if (typeof first === "string" && !path.startsWith(first)) return undefined;
    this.#expression ??= this.#compiled();
    const found = this.#expression.exec(path);
    if (found === null) return undefined;
    return Object.fromEntries(this.#axes.map((axis, at) => [axis, found[at + 1] ?? ""]));
  }

  #isPlainly(path: string): boolean {
    const own = textWith(this.text, {});
    return path === own || (this.#isFolder && path.startsWith(`${own}/`));
  }

  #compiled(): RegExp {
    const seen = new Set<string>();
    const parts = this.text.map((part) => {
      if (typeof part === "string") return part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
      if (seen.has(part.axis)) return `(?:\\${this.#axes.indexOf(part.axis) + 1})`;
      seen.add(part.axis);
      return "(.+?)";
    });
    return new RegExp(`^${parts.join("")}${this.#isFolder ? "(?:/.*)?" : ""}$`, "s");
  }
}

import { quoteWord } from "../../domain/spelling/quote-word.ts";

/** Values of identifiers, by their names. */
export type JobValues = ReadonlyMap<string, string>;

/**
 * The template of an app's job ids, such as `{date}_{client_id}`: literal texts with identifiers between them. Job ids are read by what
 * stands between: each identifier goes up to the first text of that kind, and the last one may have it in it.
 */
export class JobIdTemplate {
  readonly text: string;
  readonly identifiers: readonly string[];
  /** What stands before each identifier, and behind the last. */
  readonly #literals: readonly string[];

  private constructor(text: string, identifiers: readonly string[], literals: readonly string[]) {
    this.text = text;
    this.identifiers = identifiers;
    this.#literals = literals;
  }

  /** A template; or what keeps its job ids from being read back. */
  static read(text: string): JobIdTemplate | string {
    const parts = text.split(/\{(.*?)\}/);
    const identifiers = parts.filter((_, i) => i % 2 === 1);
    const literals = parts.filter((_, i) => i % 2 === 0);
    const twice = identifiers.find((name, i) => identifiers.indexOf(name) !== i);
    if (text === "") return "is empty";
    if (identifiers.includes("")) return "{} names no identifier";
    if (twice !== undefined) return `{${twice}} stands in it twice: a job id would have one value of the two`;
    if (identifiers.includes(GROUP_NAME)) return `{${GROUP_NAME}} fails in Stolos, too, as soon as a parent has ended`;
    const joined = identifiers.findIndex((_, i) => i > 0 && literals[i] === "");
    if (joined !== -1) {
      const pair = `{${identifiers[joined - 1] ?? ""}}{${identifiers[joined] ?? ""}}`;
      return `nothing stands between ${pair}: job ids could not be read`;
    }
    return new JobIdTemplate(text, identifiers, literals);
  }

  /** The values in a job id; undefined for one of another form. */
  parse(jobId: string): JobValues | undefined {
    const values = new Map<string, string>();
    const [first = ""] = this.#literals;
    if (!jobId.startsWith(first)) return undefined;
    let at = first.length;
    for (const [i, name] of this.identifiers.entries()) {
      const behind = this.#literals[i + 1] ?? "";
      const isLast = i === this.identifiers.length - 1;
      const end = isLast ? jobId.length - behind.length : jobId.indexOf(behind, at);
      if (end <= at || !jobId.startsWith(behind, end)) return undefined;
      values.set(name, jobId.slice(at, end));
      at = end + behind.length;
    }
    return at === jobId.length ? values : undefined;
  }

  /** The template with something in the place of each identifier. */
  fill(valueOf: (identifier: string) => string): string {
    return this.#literals.reduce((all, literal, i) => all + valueOf(this.identifiers[i - 1] ?? "") + literal);
  }

  /** Why a value of an identifier could not be read back from a job id; undefined when it can. */
  whyNot(identifier: string, value: string): string | undefined {
    const at = this.identifiers.indexOf(identifier);
    const behind = this.#literals[at + 1] ?? "";
    const isLast = at === -1 || at === this.identifiers.length - 1;
    if (isLast || `${value}${behind}`.indexOf(behind) === value.length) return undefined;
    return `${quoteWord(value)} has in it what ends {${identifier}} in ${quoteWord(this.text)}`;
  }
}

/** An identifier that Stolos fills in itself, for children alone. */
const GROUP_NAME = "dependency_group_name";

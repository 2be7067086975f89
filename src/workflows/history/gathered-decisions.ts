import type { DecisionRecord, MissingRecord, MoreRecord, ReusedRecord, WhyRecord } from "./record.ts";

/** What was decided about an instance. */
export type Decision =
  | Omit<WhyRecord, "instances">
  | Omit<ReusedRecord, "instances">
  | Omit<MissingRecord, "instances">;

/** Names that are kept of one run, at most: whoever reads them looks for one, and a million would be a large file. */
const MOST_NAMES = 100_000;
/** Names in one record. */
const TOGETHER = 1000;
/** Characters of a value that are kept. */
const LONGEST_VALUE = 200;
/** Changes that are kept of one instance. */
const MOST_CHANGES = 20;

/** Gathers what was decided: instances of which the same is told share a record. */
export class GatheredDecisions {
  readonly #byText = new Map<string, { readonly decision: Decision; readonly names: string[] }>();
  #size = 0;
  #all = 0;
  /** There was more than is kept, and whether that has been said. */
  #more: "none" | "unsaid" | "said" = "none";

  /** Names that are held. */
  get size(): number {
    return this.#size;
  }

  /** Takes note of an instance. What runs for the first time needs none. @param name of it; asked only where it is kept. */
  add(decision: Decision, name: () => string): void {
    if (decision.type === "why" && decision.reason.kind === "never") return;
    if (this.#all === MOST_NAMES) {
      if (this.#more === "none") this.#more = "unsaid";
      return;
    }
    this.#all++;
    this.#size++;
    const short = shortened(decision);
    const text = JSON.stringify(short);
    const known = this.#byText.get(text);
    if (known === undefined) this.#byText.set(text, { decision: short, names: [name()] });
    else known.names.push(name());
  }

  /** Gives out the records of all that is held. */
  take(): (DecisionRecord | MoreRecord)[] {
    const records: (DecisionRecord | MoreRecord)[] = [];
    for (const { decision, names } of this.#byText.values()) {
      for (let from = 0; from < names.length; from += TOGETHER) {
        records.push({ ...decision, instances: names.slice(from, from + TOGETHER) });
      }
    }
    if (this.#more === "unsaid") {
      records.push({ type: "more" });
      this.#more = "said";
    }
    this.#byText.clear();
    this.#size = 0;
    return records;
  }
}

/** The same without what would make a line long. */
function shortened(decision: Decision): Decision {
  if (decision.type !== "why" || decision.reason.kind !== "changed") return decision;
  const { kind, changes } = decision.reason;
  const short = changes.slice(0, MOST_CHANGES).map(({ before, after, ...change }) => ({
    ...change,
    before: before?.slice(0, LONGEST_VALUE),
    after: after?.slice(0, LONGEST_VALUE),
  }));
  return { type: "why", reason: { kind, changes: short } };
}

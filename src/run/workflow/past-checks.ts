import type { DecisionRecord, MoreRecord } from "../../workflows/history/record.ts";
import type { Graph } from "../../workflows/graph/graph.ts";
import type { Checks, Question, Verdict } from "../../workflows/source/checks.ts";
import { reasonOf } from "../../workflows/source/rule-checks.ts";

/** What the records of a run say of its instances. */
export interface RunRecords {
  /** The run has an outcome of the instance, which it has run. */
  readonly hasRun: (template: number, index: number) => boolean;
  readonly decisions: readonly (DecisionRecord | MoreRecord)[];
  /** Names of instances that have a row as reused ones. */
  readonly reused: ReadonlySet<string>;
}

const RUNS = { fate: "runs", reason: reasonOf("done") } as const satisfies Verdict;

/**
 * Tells what files decided in a run, as its records have it. They do not tell of instances that stayed done: what nothing says
 * ran, and was done before, stayed so.
 *
 * @param now looks at files: of what never ran they tell.
 */
export class PastChecks implements Checks {
  readonly #graph: Graph;
  readonly #now: Checks;
  readonly #records: RunRecords;
  /** By name, where something was decided. */
  readonly #decided: ReadonlyMap<string, DecisionRecord>;
  /** More was decided than that. */
  readonly #isMore: boolean;

  constructor(graph: Graph, now: Checks, records: RunRecords) {
    this.#graph = graph;
    this.#now = now;
    this.#records = records;
    this.#decided = new Map(
      records.decisions.flatMap((record) =>
        record.type === "more" ? [] : record.instances.map((name) => [name, record] as const),
      ),
    );
    this.#isMore = records.decisions.some(({ type }) => type === "more");
  }

  looksAt(template: number): boolean {
    return this.#now.looksAt(template);
  }

  check(question: Question): Verdict | Promise<Verdict> {
    const { template, index } = question.instance;
    const name = this.#graph.nameOf(template, index);
    const decided = this.#decided.get(name);
    if (decided?.type === "missing") return { fate: "missing", path: decided.path };
    if (this.#records.reused.has(name)) return reusedFrom(decided?.type === "reused" ? decided.run : 0);
    if (this.#records.hasRun(template, index)) return RUNS;
    if (decided?.type === "reused") return reusedFrom(decided.run);
    if (decided !== undefined) return RUNS;
    return this.#undecided(question);
  }

  /** No record has anything of the instance. */
  #undecided(question: Question): Verdict | Promise<Verdict> {
    const { instance, earlier, isForced, isNew } = question;
    const { files } = this.#graph.template(instance.template);
    if (files?.isExternal === true) return { fate: "done" };
    // What was reused, and had its row already, would be among those that are not kept.
    if (this.#isMore && earlier === "done" && !isForced && !isNew) return { fate: "done" };
    if (isForced || earlier === "undone" || isNew || files?.rule === "cache") return RUNS;
    if (earlier === "done") return { fate: "done" };
    return files?.rule === "history" ? RUNS : this.#now.check(question);
  }
}

function reusedFrom(run: number): Verdict {
  return { fate: "reused", from: { run, time: 0, node: "" }, previous: undefined };
}

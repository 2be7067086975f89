import type { LedgerRecord } from "../../records/ledger/ledger-record.ts";
import type { Graph } from "../../workflows/graph/graph.ts";
import type { Instance } from "../../workflows/graph/instance.ts";
import { type Decision, GatheredDecisions } from "../../workflows/history/gathered-decisions.ts";
import { HistoryFile } from "../../workflows/history/history-file.ts";
import type { GrowthRecord, HistoryRecord } from "../../workflows/history/record.ts";
import type { Decisions } from "../../workflows/source/decisions.ts";

/** Keeps the history of a run, from the moment that it has begun. */
export class HistoryKeeper {
  readonly #first: ((statusFrom: number) => readonly HistoryRecord[]) | undefined;
  /** What was decided before that moment. */
  readonly #early = new GatheredDecisions();
  /** The same of what generators made that stay done. */
  #earlyGrowth: GrowthRecord[] = [];
  #file: HistoryFile | undefined;
  #hasBegun = false;

  /** @param first records of the run; undefined for one that is taken up. */
  constructor(first: ((statusFrom: number) => readonly HistoryRecord[]) | undefined) {
    this.#first = first;
  }

  open(path: string): LedgerRecord {
    this.#file = HistoryFile.open(path);
    return this.#file;
  }

  begin(statusFrom: number): void {
    this.#hasBegun = true;
    this.#file?.append(...(this.#first?.(statusFrom) ?? []), ...this.#earlyGrowth, ...this.#early.take());
    this.#earlyGrowth = [];
  }

  keep(growth: GrowthRecord): void {
    if (!this.#hasBegun) this.#earlyGrowth.push(growth);
    else if (this.#file === undefined) throw new Error("the history of the workflow is not open");
    else this.#file.append(growth);
  }

  /** @param name of the instance. */
  decided(decision: Decision, name: () => string): void {
    if (this.#hasBegun && this.#file !== undefined) this.#file.decided(decision, name);
    else this.#early.add(decision, name);
  }
}

/** What a source of tasks hands to the keeper. */
export function keptBy(
  keeper: HistoryKeeper,
  graph: Pick<Graph, "nameOf">,
): { readonly keep: (growth: GrowthRecord) => void; readonly decisions: Decisions } {
  const nameOf =
    ({ template, index }: Instance) =>
    () =>
      graph.nameOf(template, index);
  return {
    keep: (growth) => keeper.keep(growth),
    decisions: {
      runs: (instance, reason) => keeper.decided({ type: "why", reason }, nameOf(instance)),
      reused: (instance, { run }) => keeper.decided({ type: "reused", run }, nameOf(instance)),
      missing: (instance, path) => keeper.decided({ type: "missing", path }, nameOf(instance)),
    },
  };
}

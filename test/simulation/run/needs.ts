import type { Context } from "../../../src/domain/engine.ts";
import type { StreamItem } from "../../../src/domain/task.ts";
import { mergeTerms, type TaskTerms, termsOfText } from "../../../src/domain/terms/task-terms.ts";
import type { Execution } from "./executions.ts";
import type { Scenario } from "./scenario.ts";
import { Random } from "../world/random.ts";

/** What the tasks of a run share, where tasks have needs. */
export const SHARED_BY_RUN = { license: 2 };

/** More than the engines of these runs have may be needed, but not often. */
const WORDS = [
  "",
  "",
  "",
  "cores=0.5",
  "cores=2",
  "cores=3",
  "license=1",
  "cores=2 license=1",
  "priority=2",
  "cores=2 priority=-1",
];
/** In one of so many of these runs all tasks need the same, so that some are given ahead of need. */
const ALIKE = 3;
/** One of so many tasks may run in the last context only. */
const BOUND = 12;
const MANY = 1_000_000;

/** Gives tasks terms, by their ids and nothing else. */
export function withNeeds(items: readonly StreamItem[], contexts: readonly Context[]): StreamItem[] {
  const isAlike = items.length % ALIKE === 0;
  return items.map((item) => {
    if (item.kind !== "task") return item;
    const drawn = new Random(isAlike ? items.length : item.id * 31 + items.length).whole(0, MANY);
    const words = WORDS[drawn % WORDS.length] ?? "";
    const context = !isAlike && drawn % BOUND === 0 ? ` context=${contexts.at(-1)?.label}` : "";
    const text = `${words}${context}`.trim();
    return text === "" ? item : { ...item, terms: mergeTerms(item.terms, termsOfText(inOrder(text))) };
  });
}

/** Whether no engine that these contexts may have could run it: it may also be that the only one that could has gone. */
export function mayBeUnmet(terms: TaskTerms | undefined): boolean {
  return terms !== undefined && ((terms.needs.cores ?? 1) > 1 || terms.context !== undefined);
}

/** Finds engines that have started more than they have, and tasks that have more of what the run shares than there is. */
export class NeedsJudge {
  readonly #terms: ReadonlyMap<number, TaskTerms | undefined>;
  readonly #complain: (what: string) => void;

  constructor({ items }: Pick<Scenario, "items">, complain: (what: string) => void) {
    this.#terms = new Map(items.flatMap((item) => (item.kind === "task" ? [[item.id, item.terms] as const] : [])));
    this.#complain = complain;
  }

  termsOf(id: number): TaskTerms | undefined {
    return this.#terms.get(id);
  }

  /**
   * A task has been started.
   *
   * @param running other tasks that run now.
   * @param slots of its engine, each of one core.
   * @param isQuiet nothing has gone wrong so far: otherwise engines that are given up may have tasks for a while.
   */
  started(next: Execution, running: readonly Execution[], slots: number, isQuiet: boolean): void {
    const there = running.filter(({ engineId }) => engineId === next.engineId);
    const cores = [...there, next].reduce((sum, { taskId }) => sum + (this.termsOf(taskId)?.needs.cores ?? 1), 0);
    if (cores > slots + EPSILON) this.#complain(`${next.engineId} runs tasks of ${cores} cores, and has ${slots}`);
    if (!isQuiet) return;
    for (const [name, total] of Object.entries(SHARED_BY_RUN)) {
      const taken = [...running, next].reduce(
        (sum, { taskId }) => sum + (this.termsOf(taskId)?.needs.named.get(name) ?? 0),
        0,
      );
      if (taken > total) this.#complain(`${taken} of ${total} ${name} are taken`);
    }
  }
}

const EPSILON = 1e-9;

/** Cores stand before contexts, priorities behind them, resources last. */
function inOrder(text: string): string {
  const place = (word: string): number =>
    ["cores", "context", "priority"].findIndex((name) => word.startsWith(name)) + 1 || 9;
  return text
    .split(" ")
    .toSorted((a, b) => place(a) - place(b))
    .join(" ");
}

import { meaningOf } from "../graph/instances-named.ts";
import { UserError } from "../../domain/errors.ts";
import { quoteWord } from "../../domain/spelling/quote-word.ts";
import type { Graph } from "../graph/graph.ts";
import { templateIn } from "../graph/instance-name.ts";
import type { RunRecord } from "./record.ts";

/** What is wanted of a document. */
export type Wish = Pick<RunRecord, "goals" | "from" | "only" | "force" | "noCache" | "maxInstances">;

/** What is wanted, by names that are in the document. */
interface PlacedWish extends Pick<Wish, "goals" | "from"> {
  readonly force: readonly string[];
  /** These run whatever came of them; what follows them is not forced. */
  readonly again: readonly string[];
}

/**
 * Finds the names that are wanted. A task that was printed in an earlier run stands for the task of the document that prints it.
 *
 * @param withPrinted the graph with all tasks that are known to be printed.
 * @throws UserError `unknown-goal`.
 */
export async function placeWish(
  { goals, from, only, force = [] }: Wish,
  graph: Graph,
  withPrinted: () => Promise<Graph>,
): Promise<PlacedWish> {
  const plain = only ? { goals, from: [], force, again: from } : { goals, from, force, again: [] };
  const isThere = (name: string): boolean => isOfDocument(graph, name);
  const printers = graph.printers();
  if (printers.length === 0 || [...goals, ...from, ...force].every(isThere)) return plain;
  const all = await withPrinted();
  const printerOf = (name: string): string => {
    for (let at = templateIn(name); ;) {
      const template = all.templateOf(at);
      const by = template === undefined ? undefined : all.template(template).printedBy;
      if (by !== undefined) at = by;
      else if (template !== undefined) return at === templateIn(name) ? name : at;
      else {
        const message = `${quoteWord(name)} is no task of the document, and none that is known of what is printed`;
        throw new UserError("unknown-goal", `${message}: only ${printers.join(", ")} will tell`);
      }
    }
  };
  const named = [...(only ? [] : from), ...force].filter((name) => !isThere(name));
  const wanted = goals.length === 0 ? goals : [...goals, ...named];
  return {
    goals: [...new Set(wanted.map((name) => (isThere(name) ? name : printerOf(name))))],
    from: plain.from.filter((name) => isThere(name)),
    force: force.filter((name) => isThere(name)),
    again: only ? [...from, ...named] : named.filter((name) => printerOf(name) !== name),
  };
}

/** Whether the document has the task or the group of this name: what else is wrong with it is told where it is looked up. */
function isOfDocument(graph: Graph, name: string): boolean {
  return graph.templateOf(templateIn(name)) !== undefined || meaningOf(graph, name).length > 0;
}

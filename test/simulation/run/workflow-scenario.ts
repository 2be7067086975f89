import type { StreamItem, Task } from "../../../src/domain/task.ts";
import type { Workflow } from "../../../src/workflows/document/workflow.ts";
import { Graph } from "../../../src/workflows/graph/graph.ts";
import type { InstanceIds } from "../../../src/workflows/source/workflow-source.ts";
import { randomWorkflow } from "../../support/random-workflow.ts";
import type { Random } from "../world/random.ts";
import { behaviourOf, commandOf } from "./task-command.ts";

/** Instances of a document, if all are run. */
const FEWEST = 8;
const MOST = 60;

/** A document, and what becomes of each of its instances if that is run. */
export interface WorkflowScenario {
  readonly workflow: Workflow;
  /** By task id: all instances that there can be, whatever generators come to print. */
  readonly names: readonly string[];
  /** By name, what the instance does. */
  readonly commands: ReadonlyMap<string, string>;
}

/** A document by chance, whose tasks behave as these items do. */
export function makeWorkflow(random: Random, items: readonly StreamItem[]): WorkflowScenario {
  const behaviours = items.flatMap((item) => (item.kind === "task" ? [behaviourOf(item.command)] : []));
  for (;;) {
    const workflow = randomWorkflow(random, { tasks: 8, any: random.chance(0.3) });
    const printed = new Map<string, readonly string[]>();
    const printedBy = (name: string): readonly string[] => {
      const known = printed.get(name);
      if (known !== undefined) return known;
      const values = Array.from({ length: random.whole(0, 3) }, () => String(random.whole(1, 4)));
      printed.set(name, values);
      return values;
    };
    const graph = wholeGraph(workflow, printedBy);
    if (graph.total < FEWEST || graph.total > MOST) continue;
    const names = namesOf(graph);
    const commands = new Map(
      names.map((name) => {
        const behaviour = random.oneOf(behaviours);
        if (behaviour === undefined) throw new Error("items without a task");
        return [name, commandOf({ ...behaviour, kills: false, prints: printed.get(name) ?? [] })] as const;
      }),
    );
    return { workflow, names, commands };
  }
}

/** The tasks that there can be, with terms of those of the items. */
export function itemsOf({ names, commands }: WorkflowScenario, items: readonly StreamItem[]): StreamItem[] {
  const others = items.filter(({ kind }) => kind === "per-engine");
  const terms = items.flatMap((item) => (item.kind === "task" ? [item.terms] : []));
  return [
    ...others,
    ...names.map((name, id): Task => {
      const command = commands.get(name) ?? "";
      return { kind: "task", id, line: 1, repeatIndex: id, command, name, terms: terms[id % terms.length] };
    }),
  ];
}

/** Ids that do not depend on the order in which instances come. */
export function idsOf({ names }: WorkflowScenario, graph: Graph): InstanceIds {
  const ids = new Map(names.map((name, id) => [name, id]));
  return {
    idOf: (template, index) => ids.get(graph.nameOf(template, index)) ?? -1,
    instanceOf: (id) => {
      const found = graph.find(names[id] ?? "");
      return "template" in found ? found : undefined;
    },
    add: () => undefined,
  };
}

/** The graph with all values that generators print, if all of them are run. */
export function wholeGraph(workflow: Workflow, printedBy: (name: string) => readonly string[]): Graph {
  const graph = Graph.of(workflow);
  // The values of an axis are printed by a task that stands before all that have the axis.
  for (let template = 0; template < graph.templates; template++) {
    for (const axis of graph.axesMadeBy(template)) {
      for (let index = 0; index < graph.size(template); index++) {
        if (graph.has(template, index)) graph.addValues(axis, printedBy(graph.nameOf(template, index)));
      }
    }
  }
  return graph;
}

function namesOf(graph: Graph): string[] {
  return graph.ranges().flatMap(({ template, from, to }) => {
    const indexes = Array.from({ length: to - from }, (_, i) => from + i).filter((index) => graph.has(template, index));
    return indexes.map((index) => graph.nameOf(template, index));
  });
}

import type { TaskSource } from "../../../src/domain/source.ts";
import type { StreamItem, Task } from "../../../src/domain/task.ts";
import { Graph } from "../../../src/workflows/graph/graph.ts";
import { select } from "../../../src/workflows/graph/selection.ts";
import type { Growth } from "../../../src/workflows/source/growth.ts";
import { WorkflowSource } from "../../../src/workflows/source/workflow-source.ts";
import type { Scenario } from "./scenario.ts";
import { idsOf, type WorkflowScenario } from "./workflow-scenario.ts";

/** The document of a run as a source, for one driver after another, and what its generators have made. */
export class SimulatedWorkflow {
  /** What drivers have kept, in order; it outlives whatever happens. */
  readonly growth: Growth[] = [];
  readonly #workflow: WorkflowScenario;
  readonly #items: readonly StreamItem[];
  /** The source of the last driver. */
  last: WorkflowSource | undefined;

  constructor(workflow: WorkflowScenario, { items }: Pick<Scenario, "items">) {
    this.#workflow = workflow;
    this.#items = items;
  }

  /** What a driver begins with, or goes on with. @param remembers what generators have made before. */
  source(remembers: boolean): TaskSource {
    const { workflow } = this.#workflow;
    const graph = Graph.of(workflow);
    const source = new WorkflowSource({
      ...{ workflow, graph },
      selection: select(graph, [], []),
      numbering: idsOf(this.#workflow, graph),
      earlier: undefined,
      madeBefore: () => [],
      kept: remembers ? [...this.growth] : [],
      keep: (growth) => void this.growth.push(growth),
      parseTasks: () => ({ templates: [], axes: [] }),
      secrets: {},
    });
    this.last = source;
    let head = this.#items.filter(({ kind }) => kind === "per-engine");
    return {
      name: source.name,
      get expected() {
        return source.expected;
      },
      next: async (limit) => {
        const items = head.length > 0 ? head.slice(0, limit) : await source.next(limit);
        head = head.slice(limit);
        return items.map((item) => (item.kind === "task" ? this.#whole(item) : item));
      },
      settled: (task, outcome) => source.settled(task, outcome),
      retrying: (task) => source.retrying(task),
      assigned: (task) => source.assigned(task),
      printed: (task, attempt, offset, bytes) => source.printed(task, attempt, offset, bytes),
      tally: () => source.tally(),
      taskOf: (id) => {
        const task = source.taskOf(id);
        return task === undefined ? undefined : this.#whole(task);
      },
      close: () => source.close(),
    };
  }

  /** With a command and terms of its own, which templates have for all of their instances. */
  #whole(task: Task): Task {
    const item = this.#items.find((one): one is Task => one.kind === "task" && one.id === task.id);
    if (item === undefined) throw new Error(`${task.name} is none of the instances that there can be`);
    return { ...task, command: item.command, terms: item.terms };
  }
}

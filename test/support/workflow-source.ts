import { type Ending, SUCCESS } from "../../src/domain/ending.ts";
import { NO_LEAK } from "../../src/domain/result.ts";
import type { TaskSource } from "../../src/domain/source.ts";
import type { Task, TaskOutcome } from "../../src/domain/task.ts";
import type { Workflow } from "../../src/workflows/document/workflow.ts";
import { Graph } from "../../src/workflows/graph/graph.ts";
import { Numbering } from "../../src/workflows/graph/numbering.ts";
import { select } from "../../src/workflows/graph/selection.ts";
import type { EarlierRuns } from "../../src/workflows/source/earlier.ts";
import type { Growth } from "../../src/workflows/source/growth.ts";
import { type NewTasks, WorkflowSource } from "../../src/workflows/source/workflow-source.ts";

/** A source of a workflow, and what tests look at. */
export interface TestSource {
  readonly source: WorkflowSource;
  readonly graph: Graph;
  readonly numbering: Numbering;
  /** What generators have made, as it was kept. */
  readonly kept: Growth[];
  readonly disk: { isFull: boolean };
  /** All that can run now, or an empty list at the end. */
  take(): Promise<Task[]>;
  /** By name, of all instances that there are and that are wanted. */
  states(): Record<string, string>;
}

export interface TestSourceOptions {
  readonly goals?: readonly string[];
  readonly from?: readonly string[];
  /** What earlier runs say, by name. */
  readonly earlier?: (name: string) => ReturnType<EarlierRuns["of"]>;
  readonly kept?: readonly Growth[];
  readonly maxInstances?: number;
  readonly parseTasks?: (text: string, by: string) => NewTasks;
  readonly madeBefore?: (name: string) => readonly Growth[];
  readonly secrets?: Readonly<Record<string, string>>;
}

/** A source of a workflow, with everything that it wants of others. */
export function sourceOf(workflow: Workflow, options: TestSourceOptions = {}): TestSource {
  const { goals = [], from = [], earlier, maxInstances, parseTasks, madeBefore, secrets = {} } = options;
  const graph = Graph.of(workflow, maxInstances === undefined ? {} : { maxInstances });
  const selection = select(graph, goals, from);
  const numbering = new Numbering(0);
  for (const range of graph.ranges()) numbering.add(range);
  const kept: Growth[] = [];
  const disk = { isFull: false };
  const source = new WorkflowSource({
    ...{ workflow, graph, selection, numbering, secrets },
    earlier: earlier === undefined ? undefined : { of: (template, index) => earlier(graph.nameOf(template, index)) },
    madeBefore: madeBefore ?? (() => []),
    kept: options.kept ?? [],
    keep: (growth) => {
      if (disk.isFull) throw new Error("the disk is full");
      kept.push(growth);
    },
    parseTasks: parseTasks ?? (() => ({ templates: [], axes: [] })),
  });
  return {
    ...{ source, graph, numbering, kept, disk },
    take: () => nextOf(source, 10_000),
    states: () => {
      const states: Record<string, string> = {};
      for (let template = 0; template < graph.templates; template++) {
        for (let index = 0; index < graph.size(template); index++) {
          const state = source.machine.stateOf({ template, index });
          if (graph.has(template, index) && state !== undefined) states[graph.nameOf(template, index)] = state;
        }
      }
      return states;
    },
  };
}

/** The next tasks of a source. */
export async function nextOf(source: TaskSource, limit: number): Promise<Task[]> {
  const items = await source.next(limit);
  return items.filter((item) => item.kind === "task");
}

/** An outcome of which nobody looks at anything but how it has ended. */
export function outcomeOf(ending: Ending): TaskOutcome {
  const times = { start: 1, finish: 2, output: NO_LEAK, error: NO_LEAK };
  return { ...times, taskId: 0, attempt: 1, node: "n", engine: 0, slot: 0, pid: 1, ending };
}

/** Runs all that can run, until nothing can; all of it succeeds unless it is said. @returns names, in order. */
export async function runAll(
  { source }: TestSource,
  endOf: (name: string) => TaskOutcome = () => outcomeOf(SUCCESS),
): Promise<string[]> {
  const names: string[] = [];
  for (;;) {
    const [task] = await nextOf(source, 1);
    if (task === undefined) return names;
    names.push(task.name ?? "");
    source.settled(task, endOf(task.name ?? ""));
  }
}

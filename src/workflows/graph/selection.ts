import { UserError } from "../../domain/errors.ts";
import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { numberOf } from "../document/axis-values.ts";
import { Forces } from "./forces.ts";
import type { NamedInstances } from "./find.ts";
import type { Graph } from "./graph.ts";
import { InstanceSet } from "./instance-set.ts";
import type { InstanceRange, Pattern } from "./instance.ts";
import { printName } from "./instance-name.ts";
import { type Demand, Wants } from "./wants.ts";

/** Which instances a run wants, and which of them it runs though they are done. */
export interface Selection {
  /** Everything is wanted that there is and that will come. */
  readonly wantsAll: boolean;
  /** The instance is a goal, or something that is wanted needs it. Once it is wanted it stays so. */
  readonly wants: (template: number, index: number) => boolean;
  /** The instance is to be run even if it is done. */
  readonly forces: (template: number, index: number) => boolean;
  /**
   * Takes note of what has come: what new instances need on open axes is asked for, and what new templates need is wanted.
   *
   * @param ranges as `Graph.addValues` and `Graph.addTemplates` return them.
   * @returns further indexes: new ones of templates with open axes, and those that were not wanted and are now. Mostly none.
   */
  readonly grow: (ranges: readonly InstanceRange[]) => readonly InstanceRange[];
}

/**
 * What a run with these goals wants: what they name, and all that this needs, up to generators. Open axes get the values that goals name,
 * and those by which something that is wanted needs them: ask for `Graph.ranges` afterwards.
 *
 * @param goals names of tasks, of instances, or names with some of their axes; none for the whole document, open axes aside.
 * @param from names of what is to be run even if it is done, with all that depends on it. Wanted as the goals are.
 * @param force names of what is to be run even if it is done, and nothing else. Wanted as the goals are.
 * @throws UserError `unknown-goal`, with the nearest name; `open-axis` where no value is named; `too-many-instances`.
 */
export function select(
  graph: Graph,
  goals: readonly string[],
  from: readonly string[],
  force: readonly string[] = [],
): Selection {
  const [wanted = [], forced = [], alone = []] = [goals, from, force].map((names) =>
    names.flatMap((name) => readGoals(graph, name)),
  );
  const known = graph.templates;
  const wants = new Wants(graph);
  const isOpen = (template: number): boolean => graph.openDimensions(template).length > 0;
  const all = Array.from({ length: known }, (_, template) => template);
  const isAnyOpen = all.some(isOpen);
  if (isAnyOpen && goals.length + from.length + force.length === 0 && all.every(isOpen)) refuseAllOpen(graph);
  const wantsAll = goals.length === 0 && !isAnyOpen;
  if (!wantsAll) {
    for (let template = 0; goals.length === 0 && template < known; template++) {
      if (!isOpen(template)) wants.want(template, graph.anyOf(template));
    }
    for (const { template, pattern } of [...wanted, ...forced, ...alone]) wants.want(template, pattern);
  }
  const forces = new Forces(graph, (template, some) => {
    if (wantsAll) return;
    if (typeof some === "number") wants.wantInstance(template, some);
    else wants.want(template, some);
  });
  for (const { template, pattern } of forced) forces.force(template, pattern);
  refuseUnmet(graph, wants.demands);
  const again = instancesOf(graph, alone);
  const valueOf = (template: number, index: number) => (dimension: number) => graph.valueAt(template, index, dimension);
  return {
    wantsAll,
    // Templates that come later are what a generator has made that is wanted.
    wants: (template, index) => wantsAll || template >= known || wants.has(template, index),
    forces: (template, index) =>
      (from.length > 0 && forces.has(template, index)) ||
      (force.length > 0 && again.has(template, index, valueOf(template, index))),
    grow: (ranges) => (wantsAll ? [] : wants.grow(ranges, known)),
  };
}

/** Instances that a goal names. */
interface Goal {
  readonly template: number;
  readonly pattern: Pattern;
}

/** The instances that goals name, also those that are to come. */
function instancesOf(graph: Graph, goals: readonly Goal[]): InstanceSet {
  const set = new InstanceSet();
  for (const { template, pattern } of goals) {
    if (graph.isGrowing(template)) set.addPattern(template, pattern);
    else for (const index of graph.withValues(template, pattern)) set.add(template, index);
  }
  return set;
}

function readGoals(graph: Graph, name: string): readonly Goal[] {
  return graph.read(name).map((named) => goalOf(graph, name, named));
}

function goalOf(graph: Graph, name: string, { template, values }: NamedInstances): Goal {
  const axes = graph.axesOf(template);
  for (const [dimension, { name: axis, kind, type }] of axes.entries()) {
    if (kind !== "open") continue;
    const value = values[dimension];
    if (value === undefined) {
      const pairs = axes.flatMap((each, i): [string, string][] => {
        const known = values[i] ?? (each.kind === "open" ? "VALUE" : undefined);
        return known === undefined ? [] : [[each.name, known]];
      });
      const example = printName(graph.template(template).name, pairs);
      throw new UserError(
        "open-axis",
        `${quoteWord(name)} names no value of the open axis ${axis}: write '${example}'`,
      );
    }
    if (type !== "string" && numberOf(type, value) === undefined) {
      const what = type === "int" ? "whole numbers" : "dates such as 2031-01-03";
      throw new UserError("unknown-goal", `${quoteWord(value)} is no value of the axis ${axis}, which has ${what}`);
    }
  }
  return { template, pattern: values.map((value) => (value === undefined ? undefined : [value])) };
}

/** Refuses to want nothing of a document that would have instances if somebody asked for them. */
function refuseAllOpen(graph: Graph): never {
  const last = graph.templates - 1;
  const pairs = graph
    .openDimensions(last)
    .map((dimension) => [graph.axesOf(last)[dimension]?.name ?? "", "VALUE"] as const);
  const example = printName(graph.template(last).name, pairs);
  throw new UserError("open-axis", `all tasks have open axes: name a goal with values, such as '${example}'`);
}

/** Refuses what needs any value of an open axis, where nothing has asked for one. */
function refuseUnmet(graph: Graph, demands: readonly Demand[]): void {
  for (const { edge, child } of demands) {
    const [first] = edge.parentsOf(child);
    if (first !== undefined) continue;
    const parent = graph.template(edge.parent).name;
    const axes = graph.openDimensions(edge.parent).map((dimension) => graph.axesOf(edge.parent)[dimension]?.name);
    const who = graph.nameOf(edge.child, child);
    const message = `${who} needs ${parent}, whose axis ${axes.join(", ")} is open: no goal names a value`;
    throw new UserError("open-axis", `${message}, such as '${parent}[${axes.join("=VALUE,")}=VALUE]'`);
  }
}

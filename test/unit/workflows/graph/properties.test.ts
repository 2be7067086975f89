import { expect, test } from "vitest";
import { UserError } from "../../../../src/domain/errors.ts";
import type { GraphEdge } from "../../../../src/workflows/graph/edge.ts";
import { Graph } from "../../../../src/workflows/graph/graph.ts";
import { printName } from "../../../../src/workflows/graph/instance-name.ts";
import { Numbering } from "../../../../src/workflows/graph/numbering.ts";
import { NaiveModel, type Values } from "./naive-model.ts";
import { chanceOf, randomDocument } from "./random-document.ts";

/**
 * More of them: `GRAPH_DOCUMENTS=10000 npx vitest run test/unit/workflows/graph`. One of them: `GRAPH_SEED=7 GRAPH_DOCUMENTS=1`.
 */
const DOCUMENTS = Number(process.env["GRAPH_DOCUMENTS"] ?? 500);
const FIRST_SEED = Number(process.env["GRAPH_SEED"] ?? 1);
const SLICES = 10;

for (let slice = 0; slice < Math.min(SLICES, DOCUMENTS); slice++) {
  test(`random documents mean what nested loops make of them, slice ${slice + 1}`, { timeout: 120_000 }, () => {
    let checks = 0;
    for (let i = slice; i < DOCUMENTS; i += SLICES) checks += checkDocument(FIRST_SEED + i);
    expect(checks).toBeGreaterThan(0);
  });
}

/** Compares a document with the model, at the beginning, whenever values come, and at the end. @returns how often. */
function checkDocument(seed: number): number {
  const { workflow, growth } = randomDocument(chanceOf(seed));
  const graph = Graph.of(workflow);
  const model = new NaiveModel(workflow);
  const numbering = new Numbering(seed);
  for (const range of graph.ranges()) numbering.add(range);
  /** What is not to change: by name. */
  const places = new Map<string, string>();
  const settled = new Map<string, string>();
  const check = (): void => {
    expect(facts(graph, numbering, places), `seed ${seed}`).toEqual([]);
    expect(edgesOf(graph, settled), `seed ${seed}`).toEqual(edgesOfModel(model, graph));
  };
  check();
  for (const { axis, values } of growth) {
    const before = allNames(graph);
    const ranges = graph.addValues(axis, values);
    for (const range of ranges) numbering.add(range);
    model.add(axis, values);
    check();
    const told = ranges.flatMap(({ template, from, to }) => namesBetween(graph, template, from, to));
    expect(told.toSorted(), `seed ${seed}`).toEqual(
      [...allNames(graph)].filter((name) => !before.has(name)).toSorted(),
    );
  }
  for (const axis of workflow.axes.keys()) graph.close(axis);
  check();
  const open = templatesOf(graph).flatMap((t) => graph.edgesTo(t).filter((edge) => edge.openAxes.length > 0));
  expect(open).toEqual([]);
  return growth.length + 2;
}

function templatesOf(graph: Graph): number[] {
  return Array.from({ length: graph.templates }, (_, template) => template);
}

function indexesOf(graph: Graph, template: number): number[] {
  return Array.from({ length: graph.size(template) }, (_, index) => index).filter((index) =>
    graph.has(template, index),
  );
}

function namesBetween(graph: Graph, template: number, from: number, to: number): string[] {
  return indexesOf(graph, template)
    .filter((index) => index >= from && index < to)
    .map((index) => graph.nameOf(template, index));
}

function allNames(graph: Graph): Set<string> {
  return new Set(templatesOf(graph).flatMap((template) => namesBetween(graph, template, 0, graph.size(template))));
}

/** What is wrong with names, indexes and ids. */
function facts(graph: Graph, numbering: Numbering, places: Map<string, string>): string[] {
  const wrong: string[] = [];
  let total = 0;
  for (const template of templatesOf(graph)) {
    const indexes = indexesOf(graph, template);
    total += indexes.length;
    if (indexes.length !== graph.count(template)) wrong.push(`${template}: ${graph.count(template)} are not there`);
    for (const index of indexes) {
      const name = graph.nameOf(template, index);
      const id = numbering.idOf(template, index);
      const place = JSON.stringify([template, index, id]);
      if ((places.get(name) ?? place) !== place) wrong.push(`${name} was ${places.get(name)} and is ${place}`);
      places.set(name, place);
      if (JSON.stringify(numbering.instanceOf(id)) !== JSON.stringify({ template, index }))
        wrong.push(`${name}: id ${id}`);
      const found = graph.find(name);
      if (found instanceof UserError || found.index !== index) wrong.push(`${name} is not found`);
    }
    for (const edge of graph.edgesTo(template)) wrong.push(...factsOfGroups(graph, edge));
  }
  if (total !== graph.total) wrong.push(`${graph.total} in all`);
  return wrong;
}

/** What is wrong with the groups of an edge. */
function factsOfGroups(graph: Graph, edge: GraphEdge): string[] {
  const wrong: string[] = [];
  const needing = new Map<number, number[]>();
  for (const child of indexesOf(graph, edge.child)) {
    const groups = [...edge.groupsOfChild(child)];
    if (edge.kind === "join" && (groups[0] ?? -1) !== edge.groupOfChild(child)) wrong.push(`group of ${child}`);
    for (const group of groups) needing.set(group, [...(needing.get(group) ?? []), child]);
  }
  const members = new Map<number, number[]>();
  for (const parent of indexesOf(graph, edge.parent)) {
    const group = edge.groupOfParent(parent);
    if (group === -1) continue;
    members.set(group, [...(members.get(group) ?? []), parent]);
  }
  const sorted = (indexes: Iterable<number>): string => JSON.stringify([...indexes].toSorted((a, b) => a - b));
  for (let group = 0; group < edge.groups; group++) {
    if (sorted(edge.parentsIn(group)) !== sorted(members.get(group) ?? [])) wrong.push(`parents in group ${group}`);
    if (sorted(edge.childrenIn(group)) !== sorted(needing.get(group) ?? [])) wrong.push(`children in group ${group}`);
    if (edge.groupSize(group) !== (members.get(group) ?? []).length) wrong.push(`size of group ${group}`);
    needing.delete(group);
    members.delete(group);
  }
  return needing.size + members.size === 0 ? wrong : [...wrong, "groups above their number"];
}

/** All pairs of parent and child, by both directions. What awaits nothing has to have the same parents ever after. */
function edgesOf(graph: Graph, settled: Map<string, string>): Pairs {
  const byChild: string[] = [];
  const byParent: string[] = [];
  const names: string[] = [];
  for (const template of templatesOf(graph)) {
    for (const index of indexesOf(graph, template)) {
      const name = graph.nameOf(template, index);
      names.push(name);
      for (const edge of graph.edgesTo(template)) {
        const parents = Array.from(edge.parentsOf(index), (parent) => graph.nameOf(edge.parent, parent)).toSorted();
        byChild.push(...parents.map((parent) => `${edge.number}: ${parent} -> ${name}`));
        const known = settled.get(`${edge.number} ${name}`);
        const all = JSON.stringify(parents);
        if (known !== undefined && known !== all) byChild.push(`${edge.number}: ${name} had ${known}, and has ${all}`);
        if (edge.awaits(index).length === 0) settled.set(`${edge.number} ${name}`, all);
      }
      for (const edge of graph.edgesFrom(template)) {
        for (const child of edge.childrenOf(index))
          byParent.push(`${edge.number}: ${name} -> ${graph.nameOf(edge.child, child)}`);
      }
    }
  }
  return { names: names.toSorted(), byChild: byChild.toSorted(), byParent: byParent.toSorted() };
}

interface Pairs {
  readonly names: readonly string[];
  readonly byChild: readonly string[];
  readonly byParent: readonly string[];
}

function edgesOfModel(model: NaiveModel, graph: Graph): Pairs {
  const instances = templatesOf(graph).map((template) => model.instances(graph.template(template)));
  const nameOf = (template: number, values: Values): string => {
    const axes = graph.template(template).axes.map((axis) => graph.axis(axis).name);
    return printName(
      graph.template(template).name,
      axes.map((axis) => [axis, values[axis] ?? ""]),
    );
  };
  const pairs: string[] = [];
  for (const child of templatesOf(graph)) {
    for (const edge of graph.edgesTo(child)) {
      for (const values of instances[child] ?? []) {
        for (const theirs of instances[edge.parent] ?? []) {
          const isEdge = model.isEdge(
            edge.definition,
            [graph.template(edge.parent), theirs],
            [graph.template(child), values],
          );
          if (isEdge) pairs.push(`${edge.number}: ${nameOf(edge.parent, theirs)} -> ${nameOf(child, values)}`);
        }
      }
    }
  }
  const names = instances.flatMap((all, template) => all.map((values) => nameOf(template, values)));
  return { names: names.toSorted(), byChild: pairs.toSorted(), byParent: pairs.toSorted() };
}

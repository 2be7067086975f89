import { END_BLOCKED, END_NEW, hasEndedWell, verdictOf, type Verdict } from "./ends.ts";
import type { GroupCounts } from "./group-counts.ts";
import type { GraphEdge } from "../graph/edge.ts";
import type { Graph } from "../graph/graph.ts";
import { Rows } from "./rows.ts";

/** What an alternative has in the place of its open groups once it cannot be met any more. */
const BAD = -1;
const SKIPPED = -2;

/** What an instance can do, by all that it needs. */
export interface Standing {
  readonly verdict: Verdict;
  /** Something that decided it has run in this run, or follows what has. */
  readonly isNew: boolean;
}

const OPEN: Standing = { verdict: "open", isNew: false };

/**
 * What instances need, and how many groups of it are open: counted for each alternative of an instance where it needs several, so that
 * the end of a group costs each of its children one step.
 */
export class Needs {
  readonly #graph: Graph;
  readonly #groups: GroupCounts;
  readonly #assumesPrinted: boolean;
  /** Open groups, by template, for each alternative of each instance. */
  readonly #open = new Rows((length) => new Int32Array(length));

  /** @param assumesPrinted everything is taken for printed that is needed of what has run in this run. */
  constructor(graph: Graph, groups: GroupCounts, assumesPrinted = false) {
    this.#graph = graph;
    this.#assumesPrinted = assumesPrinted;
    this.#groups = groups;
  }

  /** Counts for so many instances of the template. */
  grow(template: number, size: number): void {
    if (this.#isCounted(template)) this.#open.grow(template, size * this.#alternatives(template));
  }

  /** Looks at all that an instance needs, and begins to count. */
  begin(template: number, index: number): Standing {
    const edges = this.#graph.edgesTo(template);
    const { condition } = this.#graph.template(template);
    const alternatives = this.#alternatives(template);
    const isCounted = this.#isCounted(template);
    let isAnyNew = false;
    let worst: Verdict = "skipped";
    let isAnyFor = false;
    for (let alternative = 0; alternative < alternatives; alternative++) {
      let open = 0;
      let ends = 0;
      let [isEmpty, isFor] = [true, false];
      for (const edge of edges) {
        if (edge.alternative !== alternative) continue;
        isEmpty = false;
        if (!edge.isFor(index)) continue;
        isFor ||= edge.choosesFor(index);
        open += this.#openOf(edge, index);
        ends |= this.endsOf(edge, index) | this.missingOf(edge, index);
      }
      if (!isEmpty && !isFor) {
        if (isCounted) this.#set(template, index, alternative, "skipped", 0);
        continue;
      }
      isAnyFor = true;
      const verdict = verdictOf(condition, ends, open === 0);
      const isNew = (ends & END_NEW) !== 0;
      if (verdict === "met") return { verdict, isNew };
      isAnyNew ||= isNew;
      if (isCounted) this.#set(template, index, alternative, verdict, open);
      worst = worse(worst, verdict);
    }
    // It says that it needs something, and nothing of that is for this instance: it never runs without.
    if (!isAnyFor) return { verdict: "bad", isNew: false };
    return worst === "open" ? OPEN : { verdict: worst, isNew: isAnyNew };
  }

  /** A group of the edge that the child needs has come to its end. */
  complete({ child, alternative }: GraphEdge, index: number): Standing {
    if (!this.#isCounted(child)) return this.begin(child, index);
    const at = this.#at(child, index, alternative);
    const open = this.#open.cells[at] ?? 0;
    if (open <= 0) return OPEN;
    this.#open.cells[at] = open - 1;
    return open === 1 ? this.#decide(child, index, alternative) : OPEN;
  }

  /** One of a group of the edge has not ended well. Only for children whose condition is success. */
  spoil({ child, alternative }: GraphEdge, index: number): Standing {
    if (!this.#isCounted(child)) return { verdict: "bad", isNew: true };
    const at = this.#at(child, index, alternative);
    if ((this.#open.cells[at] ?? 0) < 0) return OPEN;
    this.#open.cells[at] = BAD;
    return this.#all(child, index);
  }

  /** A child of an edge that is open has one more group, which has not come to its end. */
  expect({ child, alternative }: GraphEdge, index: number): void {
    if (!this.#isCounted(child)) return;
    const at = this.#at(child, index, alternative);
    const open = this.#open.cells[at] ?? 0;
    if (open > 0) this.#open.cells[at] = open + 1;
  }

  /** A child that waits has got an edge. */
  expectAll(edge: GraphEdge, index: number): void {
    const at = this.#at(edge.child, index, edge.alternative);
    const open = this.#open.cells[at] ?? 0;
    if (open > 0) this.#open.cells[at] = open + this.#openOf(edge, index);
  }

  /** How those have ended that a child needs by way of an edge, as far as they have. */
  endsOf(edge: GraphEdge, child: number): number {
    if (!edge.isFor(child)) return 0;
    if (edge.kind === "join") {
      const group = edge.groupOfChild(child);
      if (group >= 0) return this.#groups.endsOf(edge, group);
      return this.#groups.isOpen(edge) ? 0 : this.#groups.endsOfMissing(edge);
    }
    // That values were printed once more changes nothing for who has the same ones in sight: whichever is new has run itself.
    let ends = this.#groups.isOpen(edge) ? 0 : this.#groups.endsOfMissing(edge) & ~END_NEW;
    for (const group of edge.groupsOfChild(child)) ends |= this.#groups.endsOf(edge, group);
    return ends;
  }

  /**
   * How the one task has ended that a child needs of what the parents print, when they have ended without printing it: it counts as
   * blocked. What has been printed has edges of its own, and what has not run has printed nothing.
   */
  missingOf(edge: GraphEdge, child: number): number {
    const { parent, printed } = edge.definition;
    if (printed?.task === undefined || !edge.isFor(child) || !this.isComplete(edge, child)) return 0;
    const found = this.#graph.templateOf(printed.task);
    if (found !== undefined && this.#graph.template(found).printedBy === parent) return 0;
    const ends = this.endsOf(edge, child);
    if (this.#assumesPrinted && (ends & END_NEW) !== 0) return 0;
    return hasEndedWell(ends) ? END_BLOCKED : 0;
  }

  /** Whether all have ended that a child needs by way of an edge. */
  isComplete(edge: GraphEdge, child: number): boolean {
    return this.#openOf(edge, child) === 0;
  }

  #openOf(edge: GraphEdge, child: number): number {
    if (!edge.isFor(child)) return 0;
    if (edge.kind === "join") {
      const group = edge.groupOfChild(child);
      if (group < 0) return this.#groups.isOpen(edge) ? 1 : 0;
      return this.#groups.isComplete(edge, group) ? 0 : 1;
    }
    let open = this.#groups.isOpen(edge) ? 1 : 0;
    for (const group of edge.groupsOfChild(child)) if (!this.#groups.isComplete(edge, group)) open++;
    return open;
  }

  #decide(template: number, index: number, alternative: number): Standing {
    let ends = 0;
    for (const edge of this.#graph.edgesTo(template)) {
      if (edge.alternative === alternative) ends |= this.endsOf(edge, index) | this.missingOf(edge, index);
    }
    const verdict = verdictOf(this.#graph.template(template).condition, ends, true);
    if (verdict === "met") return { verdict, isNew: (ends & END_NEW) !== 0 };
    this.#set(template, index, alternative, verdict, 0);
    return this.#all(template, index);
  }

  /** What all alternatives come to, of which none is met. */
  #all(template: number, index: number): Standing {
    let worst: Verdict = "skipped";
    for (let alternative = 0; alternative < this.#alternatives(template); alternative++) {
      const open = this.#open.cells[this.#at(template, index, alternative)] ?? 0;
      worst = worse(worst, open === BAD ? "bad" : open === SKIPPED ? "skipped" : "open");
    }
    if (worst === "open") return OPEN;
    const edges = this.#graph.edgesTo(template);
    const ends = edges.reduce((all, edge) => all | this.endsOf(edge, index) | this.missingOf(edge, index), 0);
    return { verdict: worst, isNew: (ends & END_NEW) !== 0 };
  }

  #set(template: number, index: number, alternative: number, verdict: Verdict, open: number): void {
    const value = verdict === "bad" ? BAD : verdict === "skipped" ? SKIPPED : open;
    this.#open.cells[this.#at(template, index, alternative)] = value;
  }

  #at(template: number, index: number, alternative: number): number {
    return this.#open.at(template) + index * this.#alternatives(template) + alternative;
  }

  #alternatives(template: number): number {
    return this.#graph.template(template).alternatives.length;
  }

  /** An instance that needs one group can be decided about when that is complete. */
  #isCounted(template: number): boolean {
    const edges = this.#graph.edgesTo(template);
    if (edges.length > 1 || this.#alternatives(template) > 1) return true;
    // Of what is printed more edges come.
    return edges[0]?.kind === "match" || edges[0]?.definition.printed !== undefined;
  }
}

/** Of two alternatives that are not met: one that is open may be, and one that is bad blocks. */
function worse(a: Verdict, b: Verdict): Verdict {
  if (a === "open" || b === "open") return "open";
  return a === "bad" || b === "bad" ? "bad" : "skipped";
}

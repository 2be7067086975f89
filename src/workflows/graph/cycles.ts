import { type Diagnostic, UserError } from "../../domain/errors.ts";
import type { Axis, Template } from "../document/workflow.ts";
import { componentsOf } from "./components.ts";
import type { Link } from "./link.ts";

/**
 * Refuses templates that need one another in a circle. A circle is none when it goes strictly one way along some axis, as
 * with what needs its own yesterday: then each instance only needs earlier ones. On an open axis that would never end.
 *
 * @param component of each template, as `componentsOf` numbers them.
 * @throws UserError `cycle`, with the path and the place of one of its edges, for each circle.
 */
export function refuseCycles(
  axes: readonly Axis[],
  templates: readonly Template[],
  links: readonly Link[],
  component: Int32Array,
): void {
  const cycles = tangles(component, links).flatMap((tangle) => knotsOf(tangle, axes, templates));
  if (cycles.length === 0) return;
  throw new UserError("cycle", "tasks need each other in a circle", {
    diagnostics: cycles.map((knot) => describe(knot, templates)),
  });
}

/** Links of a circle that cannot be undone, and why. */
interface Knot {
  readonly links: readonly Link[];
  /** The axis along which it would never end. */
  readonly endless: string | undefined;
}

/** Links that lead from some templates to one another, for each set of such templates. */
function tangles(component: Int32Array, links: readonly Link[]): Link[][] {
  const within = links.filter(({ child, parent }) => component[child] === component[parent]);
  return [...groupBy(within, ({ child }) => component[child] ?? 0).values()];
}

/**
 * What remains of a tangle when links are cut that go strictly one way along an axis, along which no other link of it goes
 * back. What is left may go strictly one way along another axis.
 */
function knotsOf(tangle: readonly Link[], axes: readonly Axis[], templates: readonly Template[]): Knot[] {
  // An axis along which all links go one way is matched by each of them.
  for (const axis of tangle[0]?.edge?.match.map((match) => match.axis) ?? []) {
    for (const way of ["down", "up"] as const) {
      if (!tangle.every((link) => goes(link, axis, way) !== "back")) continue;
      const rest = tangle.filter((link) => goes(link, axis, way) !== "on");
      if (rest.length === tangle.length) continue;
      if (isOpen(axis, tangle, axes, templates)) return [{ links: tangle, endless: axis }];
      return tangles(componentsOf(templates.length, rest), rest).flatMap((smaller) =>
        knotsOf(smaller, axes, templates),
      );
    }
  }
  return [{ links: tangle, endless: undefined }];
}

/** From child to parent: `on` for always one way, `stays` when the value may be the same, `back` when it may be anything else. */
function goes({ edge }: Link, name: string, way: "down" | "up"): "on" | "stays" | "back" {
  const match = edge?.match.find(({ axis, childAxis }) => axis === name && childAxis === name);
  if (match === undefined) return "back";
  const furthest = way === "down" ? match.to : -match.from;
  if (furthest > 0) return "back";
  return furthest === 0 ? "stays" : "on";
}

function isOpen(name: string, tangle: readonly Link[], axes: readonly Axis[], templates: readonly Template[]): boolean {
  return tangle.some(({ child }) =>
    templates[child]?.axes.some((number) => axes[number]?.name === name && axes[number].kind === "open"),
  );
}

function describe({ links, endless }: Knot, templates: readonly Template[]): Diagnostic {
  const circle = circleOf(links);
  const names = [...circle.map(({ child }) => child), circle[0]?.child ?? 0].map((number) => templates[number]?.name);
  const message = `tasks need each other in a circle: ${pathOf(names)}`;
  return {
    code: "cycle",
    severity: "error",
    place: circle[0]?.place ?? { file: "", line: 1, column: 1 },
    message: endless === undefined ? message : `${message}, which never ends on the open axis ${endless}`,
    hint: hintFor(circle, endless),
  };
}

/** Names of a path that are shown at each of its ends. */
const SHOWN = 10;

function pathOf(names: ReadonlyArray<string | undefined>): string {
  const between = names.length - 2 * SHOWN;
  if (between <= 1) return names.join(" -> ");
  return [...names.slice(0, SHOWN), `(${between} more)`, ...names.slice(-SHOWN)].join(" -> ");
}

function hintFor(circle: readonly Link[], endless: string | undefined): string {
  if (endless !== undefined) return "give the axis a list or a range of values";
  if (circle.some(({ edge }) => edge === undefined)) return "a task cannot wait for values that only come after it";
  return "take one of these needs away, or shift it strictly one way along an axis, as in match: {day: day - 1}";
}

/** A way from some template back to it, each link leading to the next one. @param links of which each is on some circle. */
function circleOf(links: readonly Link[]): Link[] {
  const byChild = groupBy(links, ({ child }) => child);
  const start = links.find(({ child, parent }) => child === parent)?.child ?? links[0]?.child ?? 0;
  /** The link by which a template was first reached. */
  const reached = new Map<number, Link>();
  const queue = [start];
  for (const at of queue) {
    for (const link of byChild.get(at) ?? []) {
      if (reached.has(link.parent)) continue;
      reached.set(link.parent, link);
      if (link.parent === start) return wayTo(start, reached);
      queue.push(link.parent);
    }
  }
  return [];
}

function wayTo(start: number, reached: ReadonlyMap<number, Link>): Link[] {
  const way: Link[] = [];
  for (let link = reached.get(start); link !== undefined; link = reached.get(link.child)) {
    way.push(link);
    if (link.child === start) break;
  }
  return way.toReversed();
}

function groupBy(links: readonly Link[], key: (link: Link) => number): Map<number, Link[]> {
  const groups = new Map<number, Link[]>();
  for (const link of links) {
    const group = groups.get(key(link));
    if (group === undefined) groups.set(key(link), [link]);
    else group.push(link);
  }
  return groups;
}

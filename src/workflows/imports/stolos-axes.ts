import type { App } from "./stolos-app.ts";
import type { Chosen, NeededGroup } from "./stolos-needs.ts";
import type { ValueList } from "./stolos-values.ts";

/** What an axis of an app's task has: values, or what somebody asks for. */
export type AppAxis = { readonly values: readonly string[]; readonly range: ValueList["range"] } | "open";

/**
 * The axes of all apps, by app and identifier: what `autofill_values` lists, and what clauses name beside it. Without a list an axis is open.
 */
export function axesOfApps(
  apps: ReadonlyMap<string, App>,
  groups: ReadonlyMap<string, readonly NeededGroup[]>,
): ReadonlyMap<string, ReadonlyMap<string, AppAxis>> {
  const named = new Map<string, Map<string, Set<string>>>();
  const name = (app: string, chosen: Chosen): void => {
    for (const [identifier, values] of chosen) {
      const ofApp = named.get(app) ?? new Map<string, Set<string>>();
      named.set(app, ofApp);
      const known = ofApp.get(identifier) ?? new Set();
      ofApp.set(identifier, known);
      for (const value of values) known.add(value);
    }
  };
  for (const [child, own] of groups) {
    for (const { when, needed } of own) {
      name(child, when);
      for (const { app, values } of needed) name(app, values);
    }
  }
  const axes = new Map<string, ReadonlyMap<string, AppAxis>>();
  for (const app of apps.values()) {
    const own = app.template.identifiers.map((identifier): [string, AppAxis] => {
      const autofill = app.autofill.get(identifier);
      // An empty list says of a job with needs that only what clauses name counts.
      const isOpen = autofill === undefined || (autofill.values.length === 0 && app.groups === undefined);
      return [identifier, isOpen ? "open" : axisOf(autofill, named.get(app.name)?.get(identifier) ?? new Set())];
    });
    axes.set(app.name, new Map(own));
  }
  return axes;
}

function axisOf(autofill: ValueList, named: ReadonlySet<string>): AppAxis {
  const values = [...new Set([...autofill.values, ...named])];
  if (values.length === 0) return "open";
  return { values, range: values.length === autofill.values.length ? autofill.range : undefined };
}

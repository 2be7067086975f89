import type { InstanceState } from "../../domain/instance-state.ts";
import type { Instance } from "../graph/instance.ts";
import { allInstances, placed, type Standing } from "./standing.ts";

/** An instance that stood elsewhere in another run. A state is missing where the run did not have the instance, or not want it. */
interface InstanceChange {
  readonly name: string;
  readonly before?: InstanceState | undefined;
  readonly after?: InstanceState | undefined;
}

/** How many instances of a template have gone from one state to another. */
interface StateMoves extends Omit<InstanceChange, "name"> {
  readonly template: string;
  readonly count: number;
}

/** Where instances stand in one run and not in another. */
export interface InstanceChanges {
  /** In the order of the templates of the later run, then of what it has no more. */
  readonly moves: readonly StateMoves[];
  /** The first of them. */
  readonly list: readonly InstanceChange[];
  /** Those that have no room in the list. */
  readonly more: number;
}

/** What has become of instances from one run to another. @param limit of the list. */
export function instanceChanges(before: Standing, after: Standing, limit: number): InstanceChanges {
  const gathered = new Gathered(limit);
  const old = statesByName(before);
  for (const instance of allInstances(after.instances)) {
    const { name, state } = placed(after, instance);
    const was = old.get(name);
    old.delete(name);
    gathered.add(templateOf(after, instance), { name, before: was?.state, after: state });
  }
  for (const [name, { template, state }] of old) gathered.add(template, { name, before: state, after: undefined });
  return gathered.changes();
}

interface PlacedByName {
  readonly template: string;
  readonly state: InstanceState | undefined;
}

function statesByName(standing: Standing): Map<string, PlacedByName> {
  const byName = new Map<string, PlacedByName>();
  for (const instance of allInstances(standing.instances)) {
    const { name, state } = placed(standing, instance);
    if (state !== undefined) byName.set(name, { template: templateOf(standing, instance), state });
  }
  return byName;
}

function templateOf({ instances }: Standing, { template }: Instance): string {
  return instances.template(template).name;
}

class Gathered {
  readonly #limit: number;
  readonly #list: InstanceChange[] = [];
  readonly #moves = new Map<string, StateMoves>();
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(template: string, change: InstanceChange): void {
    const { before, after } = change;
    if (before === after) return;
    this.#count++;
    if (this.#list.length < this.#limit) this.#list.push(change);
    const key = JSON.stringify([template, before, after]);
    this.#moves.set(key, { template, before, after, count: (this.#moves.get(key)?.count ?? 0) + 1 });
  }

  changes(): InstanceChanges {
    return { moves: [...this.#moves.values()], list: this.#list, more: this.#count - this.#list.length };
  }
}

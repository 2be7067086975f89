import type { Axis } from "../document/workflow.ts";
import { ListValues, type Values, valuesOf } from "./values.ts";

/** An axis of the workflow, with the values that it has so far. */
export class GraphAxis {
  /** Position in the workflow's axes. */
  readonly number: number;
  readonly definition: Axis;
  readonly values: Values;
  /** Values may come, or might have: what is computed from their number now is not computed so. */
  readonly isGrowing: boolean;
  /** Nothing generates more values. */
  isClosed: boolean;

  constructor(number: number, definition: Axis) {
    this.number = number;
    this.definition = definition;
    this.values = valuesOf(definition);
    this.isGrowing = definition.kind === "generated" || definition.kind === "open";
    // Nobody waits for an open axis: it gets what is asked for at once.
    this.isClosed = definition.kind !== "generated";
  }

  get name(): string {
    return this.definition.name;
  }

  /** Those of some values that the axis does not have yet, each once. */
  newOf(values: readonly string[]): string[] {
    const some = new ListValues(this.definition.type, []);
    return values.filter((value) => this.values.find(value) === -1 && some.add(value));
  }

  /** Adds a value that it does not have. */
  add(value: string): void {
    if (!(this.values instanceof ListValues) || !this.isGrowing)
      throw new Error(`the axis ${this.name} has all of its values`);
    this.values.add(value);
  }
}

import type { Template } from "../document/workflow.ts";
import { type Dimension, type Space, spaceOf } from "./space.ts";

/** An axis as one template has it. */
export interface TemplateAxis extends Dimension {
  /** Position in the workflow's axes. */
  readonly axis: number;
  readonly name: string;
}

/** The instances of one template: which there are, and their values. */
export class TemplateInstances {
  readonly template: Template;
  readonly axes: readonly TemplateAxis[];
  readonly space: Space;

  constructor(template: Template, axes: readonly TemplateAxis[]) {
    this.template = template;
    this.axes = axes;
    this.space = spaceOf(axes);
  }

  /** Instances that there are. */
  get count(): number {
    return this.space.size;
  }

  /** Every index below the space's size has an instance. */
  get isFull(): boolean {
    return true;
  }

  has(index: number): boolean {
    return index >= 0 && index < this.space.size;
  }

  valueAt(index: number, axis: number): string {
    return this.axes[axis]?.values.at(this.space.positionAt(index, axis)) ?? "";
  }

  /** The dimension of an axis by name; -1 where it has none. */
  dimensionOf(name: string): number {
    return this.axes.findIndex((axis) => axis.name === name);
  }
}

import type { Place } from "../../domain/errors.ts";
import type { AxisContent } from "./axes.ts";
import type { Axis } from "./workflow.ts";

/** All axes of a workflow, each once, however many templates say the same of it. */
export class AxisTable {
  readonly axes: Axis[] = [];
  readonly #positions = new Map<string, number>();

  /** Position of an axis. @param place where it is said what its values are. */
  add(name: string, content: AxisContent, place: () => Place): number {
    const key = JSON.stringify([name, content]);
    const known = this.#positions.get(key);
    if (known !== undefined) return known;
    this.#positions.set(key, this.axes.length);
    this.axes.push({ ...content, name, place: place() });
    return this.axes.length - 1;
  }
}

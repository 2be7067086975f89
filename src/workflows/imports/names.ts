import { mistakeInVariable } from "../document/names.ts";

/** Names that are given once each. Those that would be one variable, `STATE_x`, count as the same. */
export class UniqueNames {
  readonly #taken = new Set<string>();

  take(wished: string): string {
    let name = wished;
    for (let i = 2; this.#taken.has(asVariable(name)); i++) name = `${wished}_${i}`;
    this.#taken.add(asVariable(name));
    return name;
  }

  has(name: string): boolean {
    return this.#taken.has(asVariable(name));
  }
}

function asVariable(name: string): string {
  return name.replaceAll("-", "_");
}

/** A name that a task may have, as near as possible to this one. */
export function taskNameOf(name: string): string {
  const possible = name.replaceAll(/[^A-Za-z0-9_-]+/g, "_");
  return /^[A-Za-z_]/.test(possible) ? possible : `_${possible}`;
}

/** A name that a parameter or an axis may have, as near as possible to this one. */
export function variableNameOf(name: string): string {
  const possible = name.replaceAll(/[^A-Za-z0-9_]+/g, "_");
  const isWord = possible === "include" || possible === "exclude";
  return isWord || mistakeInVariable(possible) !== undefined ? `P_${possible}` : possible;
}

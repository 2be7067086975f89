import type { JSX } from "preact";
import type { Tone } from "../words/states.ts";

export interface BarPart {
  readonly name: string;
  readonly value: number;
  readonly tone: Tone;
}

/** Shares of a whole side by side. What there is of it can be seen, however little it is. */
export function ShareBar({
  parts,
  whole,
  label,
  thin = false,
}: {
  readonly parts: readonly BarPart[];
  readonly whole: number;
  /** The same in words. */
  readonly label: string;
  readonly thin?: boolean;
}): JSX.Element {
  return (
    <div class={thin ? "bar thin" : "bar"} role="img" aria-label={label} title={label}>
      {parts
        .filter(({ value }) => value > 0)
        .map(({ name, value, tone }) => (
          <span key={name} class={`fill-${tone}`} style={{ width: `${whole > 0 ? (value / whole) * 100 : 0}%` }} />
        ))}
    </div>
  );
}

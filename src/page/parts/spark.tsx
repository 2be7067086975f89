import type { JSX } from "preact";
import { sparkPath } from "./spark-path.ts";

/** The latest values as a line without axes, beside a number that says what the newest one is. */
export function Spark({
  values,
  most,
  tone = "busy",
}: {
  readonly values: readonly number[];
  /** What stands at the top; the largest value when missing. */
  readonly most?: number | undefined;
  readonly tone?: "busy" | "bad" | "good";
}): JSX.Element | null {
  if (values.length < 2) return null;
  const { line, area } = sparkPath(values, most ?? Math.max(...values));
  return (
    <svg class={`spark tone-${tone}`} viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
      <path d={area} class="spark-area" />
      <path d={line} class="spark-line" />
    </svg>
  );
}

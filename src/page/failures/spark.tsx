import type { JSX } from "preact";

/** A small picture of how many in each step of time; `label` says the same in words. */
export function SparkBars({
  values,
  label,
}: {
  readonly values: readonly number[];
  readonly label: string;
}): JSX.Element {
  const most = Math.max(1, ...values);
  return (
    <svg
      class="spark-bars"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${Math.max(1, values.length) * 3} 24`}
      preserveAspectRatio="none"
    >
      {values.map((value, i) => {
        const height = value <= 0 ? 0 : Math.max(1.5, (value / most) * 24);
        return <rect key={i} x={i * 3} y={24 - height} width="2.4" height={height} />;
      })}
    </svg>
  );
}

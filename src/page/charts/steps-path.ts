/** The outline of steps from the ground up, as the `d` of an SVG path. Values that are no numbers count as nothing. */
export function stepsPath(
  values: readonly number[],
  width: number,
  height: number,
  most = Math.max(0, ...values),
): string {
  if (values.length === 0) return "";
  const step = width / values.length;
  const parts = [`M0 ${height}`];
  for (const value of values) {
    const share = most > 0 && value > 0 ? Math.min(1, value / most) : 0;
    // A pixel at least for what is not nothing.
    const y = share === 0 ? height : Math.min(height - 1, height * (1 - share));
    parts.push(`V${round(y)}h${round(step)}`);
  }
  return `${parts.join("")}V${height}Z`;
}

function round(n: number): number {
  return Math.round(n * 100) / 100;
}

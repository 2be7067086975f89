/** Paths of SVG for values in a box of 100 by 24: the line, and the area below it. */
export function sparkPath(values: readonly number[], most: number): { readonly line: string; readonly area: string } {
  const scale = 22 / Math.max(most, Number.EPSILON);
  const points = values.map((value, i) => {
    const x = (i / Math.max(1, values.length - 1)) * 100;
    return `${x.toFixed(1)} ${(23 - Math.min(most, Math.max(0, value)) * scale).toFixed(1)}`;
  });
  const line = `M${points.join("L")}`;
  return { line, area: `${line}L100 24L0 24Z` };
}

/** A number of things in words: `1 task`, `2 tasks`. */
export function plural(n: number, noun: string): string {
  return n === 1 ? `1 ${noun}` : `${n} ${noun}s`;
}

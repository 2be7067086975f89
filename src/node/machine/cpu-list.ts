/** Processors by their numbers, as the system lists them: `0-3,8`. */

/** No system has more; a longer list is a mistake of whoever wrote it. */
const MOST_CPUS = 65_536;

/** The numbers in a list such as `0-3,8`, in their order; none where it is not such a list. */
export function readCpuList(text: string): number[] {
  const cpus = new Set<number>();
  for (const part of text.trim().split(",")) {
    const [, first, last = first] = /^([0-9]+)(?:-([0-9]+))?$/.exec(part) ?? [];
    if (first === undefined || Number(last) >= MOST_CPUS) return [];
    for (let cpu = Number(first); cpu <= Number(last); cpu++) cpus.add(cpu);
  }
  return [...cpus].toSorted((a, b) => a - b);
}

import { type HostPattern, hostNames, parseHostPattern } from "../hosts/host-pattern.ts";
import { splitEntries } from "../hosts/node-list.ts";

/** More nodes than any cluster has. */
export const MOST_NODES = 100_000;

/** Signs of users and IPv6 addresses, which do not stand in Slurm's lists. */
const FOREIGN = /[@:]/;

/**
 * The names in a list of nodes as Slurm writes it, `worker[2080,5071-5072],gpu01`, in the order of `scontrol show
 * hostnames`, since counts for each node go by it. Of a name that stands there twice the first counts.
 *
 * @returns undefined when the text is no such list, names nothing, or names more than 100,000.
 */
export function parseNodeNames(list: string): string[] | undefined {
  if (FOREIGN.test(list)) return undefined;
  const names: string[] = [];
  for (const entry of splitEntries(list)) {
    const pattern = parseHostPattern(entry);
    const some = "mistake" in pattern ? undefined : namesOf(pattern, MOST_NODES - names.length);
    if (some === undefined) return undefined;
    for (const name of some) names.push(name);
  }
  return names.length === 0 ? undefined : [...new Set(names)];
}

/**
 * All names that a pattern stands for, in Slurm's order: the last number changes first, and among those before it the first.
 *
 * @returns undefined for more than `most` names.
 */
function namesOf({ parts }: HostPattern, most: number): string[] | undefined {
  const last = parts.findLastIndex((part) => typeof part !== "string");
  let names = [""];
  for (const [i, part] of parts.entries()) {
    const texts = firstTexts(part, most + 1);
    if (names.length * texts.length > most) return undefined;
    names =
      i === last
        ? names.flatMap((name) => texts.map((text) => name + text))
        : texts.flatMap((text) => names.map((name) => name + text));
  }
  return names;
}

/** What a part of a name may be, but no more than `most`. */
function firstTexts(part: HostPattern["parts"][number], most: number): string[] {
  const texts: string[] = [];
  for (const text of hostNames({ parts: [part] })) {
    if (texts.length === most) break;
    texts.push(text);
  }
  return texts;
}

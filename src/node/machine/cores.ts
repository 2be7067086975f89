import { readCpuList } from "./cpu-list.ts";
import type { SystemFiles } from "./system-files.ts";

/** A processor of this machine, and where it sits. */
interface Cpu {
  readonly cpu: number;
  /** Its NUMA node: processors of one node are near each other and to a part of the memory. */
  readonly node: number;
  /** The first thread of the core that it is a thread of. */
  readonly core: number;
}

/** One core of those that an engine deals out. */
export interface Core {
  /** Its processors; none where nobody knows which they are. */
  readonly cpus: readonly number[];
  /** Its NUMA node. */
  readonly node: number;
}

const NODES = "/sys/devices/system/node";
const CPUS = "/sys/devices/system/cpu";

/**
 * So many cores, made of the processors that may be used: whole cores with all of their threads where there are enough, single
 * threads otherwise. Those of one NUMA node stand together. What the system does not say counts as the same for all.
 *
 * @param affinity the processors, as the system lists them.
 * @returns undefined when there are fewer processors than cores.
 */
export function coresWithin(affinity: string, count: number, files: SystemFiles): Core[] | undefined {
  const cpus = cpusOf(affinity, files);
  if (cpus.length < count) return undefined;
  const whole = new Map<number, Cpu[]>();
  for (const cpu of cpus) {
    const threads = whole.get(cpu.core);
    if (threads === undefined) whole.set(cpu.core, [cpu]);
    else threads.push(cpu);
  }
  const groups = whole.size >= count ? [...whole.values()] : cpus.map((cpu) => [cpu]);
  const cores = groups.map((threads) => ({ node: threads[0]?.node ?? 0, cpus: threads.map(({ cpu }) => cpu) }));
  return cores.toSorted((a, b) => a.node - b.node || (a.cpus[0] ?? 0) - (b.cpus[0] ?? 0)).slice(0, count);
}

function cpusOf(affinity: string, files: SystemFiles): Cpu[] {
  const nodes = new Map<number, number>();
  for (const name of files.list(NODES)) {
    const [, node] = /^node([0-9]+)$/.exec(name) ?? [];
    if (node === undefined) continue;
    for (const cpu of readCpuList(files.read(`${NODES}/${name}/cpulist`))) nodes.set(cpu, Number(node));
  }
  return readCpuList(affinity).map((cpu) => {
    const [core = cpu] = readCpuList(files.read(`${CPUS}/cpu${cpu}/topology/thread_siblings_list`));
    return { cpu, core, node: nodes.get(cpu) ?? 0 };
  });
}

import { Ends } from "./ends.ts";
import { busyUntilLast, CORES, ENGINES, MEMORY, type Replayed, type Work } from "./work.ts";

/** Greedy: whenever a task ends, the window of waiting tasks is gone through in order, and each starts on the first engine where it fits. */
export function consult(work: Work, window: number): Replayed {
  const from = performance.now();
  const cores = new Int32Array(ENGINES).fill(CORES);
  const memory = new Int32Array(ENGINES).fill(MEMORY);
  const engineOf = new Uint16Array(work.count);
  const ends = new Ends();
  const waiting: number[] = [];
  const starts = new Float64Array(work.count);
  let [next, now] = [0, 0];
  const start = (id: number, engines: readonly number[]): boolean => {
    const [needsCores, needsMemory] = [work.cores[id] ?? 0, work.memory[id] ?? 0];
    for (const engine of engines) {
      if ((cores[engine] ?? 0) < needsCores || (memory[engine] ?? 0) < needsMemory) continue;
      cores[engine] = (cores[engine] ?? 0) - needsCores;
      memory[engine] = (memory[engine] ?? 0) - needsMemory;
      engineOf[id] = engine;
      starts[id] = now;
      ends.push(now + (work.seconds[id] ?? 0), id);
      return true;
    }
    return false;
  };
  const all = Array.from({ length: ENGINES }, (_, engine) => engine);
  const fill = (engines: readonly number[]): void => {
    for (let at = 0; at < waiting.length;) {
      if (start(waiting[at] ?? 0, engines)) waiting.splice(at, 1);
      else at++;
    }
    while (waiting.length < window && next < work.count) {
      const id = next++;
      if (!start(id, all)) waiting.push(id);
    }
  };
  fill(all);
  while (ends.size > 0) {
    const { time, id } = ends.pop();
    now = time;
    const engine = engineOf[id] ?? 0;
    cores[engine] = (cores[engine] ?? 0) + (work.cores[id] ?? 0);
    memory[engine] = (memory[engine] ?? 0) + (work.memory[id] ?? 0);
    fill([engine]);
  }
  return { busy: busyUntilLast(work, starts), took: (performance.now() - from) / 1000 };
}

import { cpuSeconds, enginesOf, memory } from "./proc.ts";
import { start, type Command, type Running } from "./run.ts";

/** A look every so many milliseconds. What happens after the last look is missed: that is the error of the figures. */
const INTERVAL = 20;

/** How much memory a driver used at some time. */
export interface MemorySample {
  /** Seconds since its start. */
  readonly time: number;
  /** Bytes. */
  readonly resident: number;
}

/** What was seen of a driver and its engine from outside. */
export interface Observation {
  readonly seconds: number;
  readonly code: number;
  readonly stderr: string;
  /** Processor seconds of the driver and of its engine, without their children's. */
  readonly driverCpu: number;
  readonly engineCpu: number;
  /** The driver's most, in bytes. */
  readonly peakMemory: number;
  readonly samples: readonly MemorySample[];
}

/**
 * Runs a driver and looks at it and its engine until it ends. `visit` is called at each look, and may end it.
 *
 * @throws Error where there is no /proc.
 */
export async function watch(command: Command, visit?: (running: Running) => void): Promise<Observation> {
  if (process.platform !== "linux")
    throw new Error("processor time and memory are read from /proc, which only Linux has");
  const running = start(command);
  const samples: MemorySample[] = [];
  let driverCpu = 0;
  let peakMemory = 0;
  const engines = new Map<number, number>();
  const look = (): void => {
    driverCpu = cpuSeconds(running.pid) ?? driverCpu;
    peakMemory = memory(running.pid, "VmHWM") ?? peakMemory;
    const resident = memory(running.pid, "VmRSS");
    if (resident !== undefined) samples.push({ time: running.elapsed(), resident });
    if (engines.size === 0) for (const pid of enginesOf(running.pid)) engines.set(pid, 0);
    for (const [pid, seconds] of engines) engines.set(pid, cpuSeconds(pid) ?? seconds);
    visit?.(running);
  };
  const timer = setInterval(look, INTERVAL);
  const ended = await running.ended;
  clearInterval(timer);
  const engineCpu = [...engines.values()].reduce((sum, seconds) => sum + seconds, 0);
  return { ...ended, driverCpu, engineCpu, peakMemory, samples };
}

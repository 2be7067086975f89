import { lstatSync, readFileSync, statSync } from "node:fs";
import { ENGINE_MARK, type NodeSlots } from "../../domain/engine.ts";
import type { EngineProcess, ProcessEnd } from "../../domain/launcher.ts";
import { stopProcesses } from "../../node/process/stop-processes.ts";
import { ENGINE_ARGUMENTS } from "../../wire/engine-verbs.ts";
import type { KnownEngine } from "./engine-starter.ts";

/** How often it is looked whether a process that is nobody's child here has ended. */
const LOOK_MS = 500;

/** Word of its command line that nothing but an engine has. */
const [, ENGINE_WORD] = ENGINE_ARGUMENTS;

/**
 * Takes up an engine of this machine whose parent has died. A process id alone proves nothing, since it may be another's by
 * now: the process counts as the engine if it prints into the engine's log, and no other is ever touched.
 *
 * @param log path of the file that the engine's process prints into.
 */
export function adoptHere(node: NodeSlots, engine: KnownEngine, log: string): EngineProcess {
  const found = identify(engine.pid, log);
  switch (found.type) {
    case "engine":
      return new AdoptedEngine(node, engine, found.started);
    case "gone":
      return {
        id: engine.id,
        node: node.node,
        slots: node.slots,
        ended: Promise.resolve(GONE),
        kill: () => endTasks(engine.id, new Set()).then(() => true),
      };
    case "unknown":
      return outOfReach(node, engine.id);
    default:
      return found satisfies never;
  }
}

/** An engine that nothing can be heard of but by its own connection: its lease is what ends it. */
export function outOfReach({ node, slots }: NodeSlots, id: string): EngineProcess {
  const end: ProcessEnd = { certain: false, reason: "it was started by a driver that has died" };
  return { id, node, slots, ended: Promise.resolve(end), kill: () => Promise.resolve(false) };
}

const GONE: ProcessEnd = { certain: true, reason: "its process has ended" };

type Identity =
  | { readonly type: "engine"; readonly started: string }
  /** There is none of this id, or another's. */
  | { readonly type: "gone" }
  /** The process may be the engine, and it may be a stranger. */
  | { readonly type: "unknown" };

function identify(pid: number, log: string): Identity {
  // Without /proc nothing is known of anybody.
  if (startOf(process.pid) === undefined || pid <= 1) return { type: "unknown" };
  const started = startOf(pid);
  if (started === undefined) return { type: "gone" };
  if (printsInto(pid, log)) return { type: "engine", started };
  return isSomeEngine(pid) ? { type: "unknown" } : { type: "gone" };
}

/** When a process has started, in the kernel's own units; undefined when it has ended, a zombie included. */
function startOf(pid: number): string | undefined {
  // "PID (NAME) STATE ...", and NAME may hold anything.
  const stat = readProc(pid, "stat");
  const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return state === "Z" || state === "X" ? undefined : fields[18];
}

function printsInto(pid: number, log: string): boolean {
  try {
    const [output, file] = [statSync(`/proc/${pid}/fd/1`), lstatSync(log)];
    return output.dev === file.dev && output.ino === file.ino;
  } catch {
    return false;
  }
}

/** Whether the process is an engine: of this run perhaps, and its log has been moved away. */
function isSomeEngine(pid: number): boolean {
  return readProc(pid, "cmdline").split("\0").includes(ENGINE_WORD);
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "latin1");
  } catch {
    return "";
  }
}

/** Also finds tasks that have left the engine's process group. */
function endTasks(id: string, groups: ReadonlySet<number>): Promise<void> {
  return stopProcesses({ name: ENGINE_MARK, value: id }, groups, () => 0);
}

/** An engine process of this machine that is no child of this one. */
class AdoptedEngine implements EngineProcess {
  readonly id: string;
  readonly node: string;
  readonly slots: number;
  readonly ended: Promise<ProcessEnd>;
  readonly #pid: number;
  readonly #started: string;
  /** Empty as soon as its number may be another's. */
  readonly #groups: Set<number>;
  readonly #looking: NodeJS.Timeout;
  #noteEnd: (end: ProcessEnd) => void = () => undefined;

  constructor({ node, slots }: NodeSlots, { id, pid }: KnownEngine, started: string) {
    this.id = id;
    this.node = node;
    this.slots = slots;
    this.ended = new Promise((resolve) => (this.#noteEnd = resolve));
    this.#pid = pid;
    this.#started = started;
    this.#groups = new Set([pid]);
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
    // Nobody stays for its sake.
    this.#looking.unref();
  }

  async kill(): Promise<boolean> {
    this.#look();
    await endTasks(this.id, this.#groups);
    return this.#look();
  }

  /** @returns whether it has ended. */
  #look(): boolean {
    if (startOf(this.#pid) === this.#started) return false;
    clearInterval(this.#looking);
    this.#groups.clear();
    this.#noteEnd(GONE);
    return true;
  }
}

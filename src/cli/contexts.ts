import type { Context, NodeSlots } from "../domain/engine.ts";
import { UserError } from "../domain/errors.ts";

/** What the user said about where tasks are to run. */
export interface ContextRequest {
  /** Values of `-s`, or of DISBATCH_SSH_NODELIST when there is none; each may be a comma-separated list. */
  readonly nodeLists: readonly string[];
  /** Where the lists were given, for messages: `-s` or `DISBATCH_SSH_NODELIST`. */
  readonly listedIn: string;
  readonly tasksPerNode?: number;
  readonly cpusPerTask?: number;
  readonly contextTaskLimit: number;
  readonly label?: string;
}

/** This machine, as far as contexts go. */
export interface Machine {
  readonly hostName: string;
  readonly cores: number;
}

/** Slots beyond this are taken for a slip of the finger; each costs memory and file descriptors. */
const MOST_SLOTS = 100_000;

/** 7 / 0.07 is a little less than 100 in floating point. */
const ROUNDING = 1e-9;

/** The context for a first command line. @throws UserError (exit code 2) naming option and value. */
export function makeContext(request: ContextRequest, machine: Machine): Context {
  const cores =
    request.nodeLists.length > 0 ? coresByNode(request, machine) : new Map([[machine.hostName, machine.cores]]);
  const nodes = [...cores].map(([node, count]) => nodeSlots(node, count, request));
  return { label: request.label ?? "SSH0", nodes, taskLimit: request.contextTaskLimit };
}

/** Hosts in order of appearance, with their cores; a host named twice adds up. */
function coresByNode(request: ContextRequest, machine: Machine): Map<string, number> {
  const cores = new Map<string, number>();
  for (const entry of request.nodeLists.flatMap((list) => list.split(","))) {
    if (entry.trim() === "") continue;
    const { host, count } = parseEntry(entry.trim(), request.listedIn);
    const node = nodeName(host, machine, request.listedIn);
    cores.set(node, (cores.get(node) ?? 0) + count);
  }
  if (cores.size === 0) throw usage("bad-node-list", `${request.listedIn}: names no host; write HOST:COUNT`);
  return cores;
}

function parseEntry(entry: string, listedIn: string): { host: string; count: number } {
  const [, host, count = ""] = /^(.+?)(?::([^:]*))?$/.exec(entry) ?? [];
  const number = Number(count);
  if (host === undefined || !/^[0-9]+$/.test(count) || number < 1) {
    throw usage("bad-node-list", `${listedIn} ${entry}: write HOST:COUNT, with a whole number of cores, 1 or more`);
  }
  return { host, count: number };
}

function nodeName(host: string, machine: Machine, listedIn: string): string {
  const short = (name: string): string => name.split(".", 1).join();
  if (host === "localhost" || short(host) === short(machine.hostName)) return machine.hostName;
  throw usage("unknown-host", `${listedIn} ${host}: tasks can run on this machine only; write localhost:COUNT`);
}

/** Slots are as many tasks as the cores suffice for, unless the user says how many. */
function nodeSlots(node: string, cores: number, { tasksPerNode, cpusPerTask = 1 }: ContextRequest): NodeSlots {
  if (cpusPerTask > cores) {
    throw usage("too-many-cores", `-c ${cpusPerTask}: a task needs more cores than ${node} has been given (${cores})`);
  }
  const slots = tasksPerNode ?? Math.floor(cores / cpusPerTask + ROUNDING);
  if (slots > MOST_SLOTS) throw usage("too-many-slots", `${slots} slots on ${node}: more than ${MOST_SLOTS}`);
  // Several tasks may share a core; each of them may count on one all the same.
  return { node, slots, coresPerSlot: Math.max(1, Math.floor(cores / slots)) };
}

function usage(code: string, message: string): UserError {
  return new UserError(code, message);
}

import type { Context, NodeSlots } from "../domain/engine.ts";
import { UserError } from "../domain/errors.ts";
import { MOST_SLOTS, slotsFor } from "../domain/slot-count.ts";
import { hostNames } from "./hosts/host-pattern.ts";
import { parseHostfile } from "./hosts/hostfile.ts";
import { type ListedHosts, parseNodeList } from "./hosts/node-list.ts";

/** What the user said about where tasks are to run. */
export interface ContextRequest {
  /** Values of `-s`, or of DISBATCH_SSH_NODELIST when there is none; each may be a comma-separated list. */
  readonly nodeLists: readonly string[];
  /** Where the lists were given, for messages: `-s` or `DISBATCH_SSH_NODELIST`. */
  readonly listedIn: string;
  readonly hostfiles: readonly Hostfile[];
  /** 0 sets no limit. */
  readonly tasksPerNode?: number | undefined;
  readonly cpusPerTask?: number | undefined;
  readonly contextTaskLimit: number;
  readonly label?: string | undefined;
}

/** A file that lists hosts. */
export interface Hostfile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A machine that engines may be started on without SSH, as far as contexts go. */
export interface Machine {
  readonly hostName: string;
  readonly cores: number;
}

/** A context that may have no label yet: then the run gives it one. */
export type ContextDraft = Omit<Context, "label"> & { readonly label: string | undefined };

/** Hosts beyond this are taken for a slip of the finger. */
const MOST_HOSTS = 100_000;

/** The context that a command line asks for. @throws UserError (exit code 2) naming option and value. */
export function makeContext(request: ContextRequest, machine: Machine): ContextDraft {
  const { nodeLists, hostfiles, listedIn, label, contextTaskLimit } = request;
  const nodes =
    nodeLists.length + hostfiles.length > 0
      ? listedNodes(nodeLists, hostfiles, listedIn, machine)
      : [{ node: machine.hostName, cores: machine.cores }];
  return {
    label,
    nodes: nodes.map((node) => nodeSlots(node, request)),
    taskLimit: contextTaskLimit,
  };
}

/** A node, and how many of its cores may be used. */
type NodeCores = Pick<NodeSlots, "node" | "destination"> & { readonly cores: number };

function listedNodes(
  nodeLists: readonly string[],
  hostfiles: readonly Hostfile[],
  listedIn: string,
  machine: Machine,
): readonly NodeCores[] {
  const listed = [
    ...nodeLists.flatMap((list) => parseNodeList(list, listedIn)),
    ...hostfiles.flatMap(({ name, bytes }) => parseHostfile(bytes, name)),
  ];
  if (listed.length === 0) throw usage("bad-node-list", `${listedIn}: names no host; write HOST:COUNT`);
  return addUp(listed, machine);
}

/** In order of appearance; a host named twice adds up. */
function addUp(listed: readonly ListedHosts[], machine: Machine): readonly NodeCores[] {
  const nodes = new Map<string, NodeCores>();
  for (const { hosts, count } of listed) {
    for (const host of hostNames(hosts)) {
      const node = nodeOf(hosts.user, host, machine);
      // No destination is empty.
      const key = node.destination ?? "";
      nodes.set(key, { ...node, cores: (nodes.get(key)?.cores ?? 0) + count });
      if (nodes.size > MOST_HOSTS) throw usage("too-many-hosts", `the lists name more than ${MOST_HOSTS} hosts`);
    }
  }
  return [...nodes.values()];
}

/** A host as SSH is to reach it: this machine needs no SSH, unless the user names a user. */
function nodeOf(user: string | undefined, host: string, machine: Machine): Pick<NodeSlots, "node" | "destination"> {
  if (user !== undefined) return { node: host, destination: `${user}@${host}` };
  return isThisMachine(host, machine.hostName) ? { node: machine.hostName } : { node: host, destination: host };
}

/** With its domain or without; where both names have a domain, that has to be the same. */
function isThisMachine(host: string, hostName: string): boolean {
  if (host === "localhost" || host === hostName) return true;
  const [short] = hostName.split(".", 1);
  return host === short || (hostName === short && host.split(".", 1).join() === hostName);
}

/** Slots are as many tasks as the cores suffice for, unless the user says how many. */
function nodeSlots({ cores, ...node }: NodeCores, { tasksPerNode = 0, cpusPerTask = 1 }: ContextRequest): NodeSlots {
  if (cpusPerTask > cores) {
    const message = `-c ${cpusPerTask}: a task needs more cores than ${node.node} has been given (${cores})`;
    throw usage("too-many-cores", message);
  }
  const slots = tasksPerNode > 0 ? tasksPerNode : slotsFor(cores, cpusPerTask);
  if (slots > MOST_SLOTS) throw usage("too-many-slots", `${slots} slots on ${node.node}: more than ${MOST_SLOTS}`);
  // Several tasks may share a core; each of them may count on one all the same.
  return { ...node, slots, coresPerSlot: Math.max(1, Math.floor(cores / slots)) };
}

function usage(code: string, message: string): UserError {
  return new UserError(code, message);
}

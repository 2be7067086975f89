import type { Context } from "../domain/engine.ts";
import { UserError } from "../domain/errors.ts";
import type { ContextSettings } from "./context-settings.ts";
import { makeContext } from "./contexts.ts";
import { thisMachine } from "./given-hosts.ts";

/** Hosts that only tasks use which name this label. */
export interface ReservedHosts {
  readonly label: string;
  /** As in `node[1-2]:4,web1:3`. */
  readonly hosts: string;
}

/**
 * Contexts that a run begins with beside its first one, for tasks that name them.
 *
 * @param first the context for all other tasks; undefined for a run that begins without hosts.
 * @throws UserError `bad-context`; as `makeContext` does.
 */
export function reservedContexts(
  given: readonly ReservedHosts[],
  settings: Pick<ContextSettings, "tasksPerNode" | "cpusPerTask">,
  first: Context | undefined,
): Context[] {
  if (given.length > 0 && first?.slurmJob !== undefined) throw inSlurmJob();
  const labels = new Set(first === undefined ? [] : [first.label]);
  return given.map(({ label, hosts }) => {
    if (labels.has(label)) throw givenTwice(label);
    labels.add(label);
    const request = { nodeLists: [hosts], listedIn: `--context ${label}`, hostfiles: [], contextTaskLimit: 0, label };
    return { ...makeContext({ ...settings, ...request }, thisMachine()), label, isReserved: true };
  });
}

function givenTwice(label: string): UserError {
  return new UserError("bad-context", `--context ${label}: two groups of hosts have this label; give each its own`);
}

/** Its nodes are one context, whose slots Slurm has dealt out. */
function inSlurmJob(): UserError {
  const message =
    "--context: all nodes of a Slurm job are one context; name its hosts by -s, or add others with PREFIX_dbUtil.sh";
  return new UserError("bad-context", message);
}

import type { Environment } from "../../domain/environment.ts";
import type { HostSettings } from "./host-settings.ts";
import { resolveHost } from "./resolve-host.ts";
import { SshError } from "./session.ts";

/** More jump hosts than anybody has: the settings lead in a circle. */
const MOST_JUMPS = 16;

/**
 * The hosts to go through, in order, and the host itself. As with ssh, of the jump hosts only the first may have jump
 * hosts of its own.
 *
 * @throws SshError when settings cannot be found out, or lead in a circle.
 */
export async function findRoute(destination: string, env: Environment, signal: AbortSignal): Promise<Route> {
  const host = await resolveHost(destination, env, signal);
  const before: HostSettings[] = [];
  for (let jumps = host.jumps; jumps.length > 0; jumps = before[0]?.jumps ?? []) {
    const jumpHosts = await Promise.all(jumps.map((jump) => resolveHost(jump, env, signal)));
    before.unshift(...jumpHosts);
    if (before.length > MOST_JUMPS) {
      throw new SshError("ssh-failed", `${destination}: its jump hosts lead in a circle (see ProxyJump in ssh_config)`);
    }
  }
  return { host, hosts: [...before, host] };
}

/** The way to a host. */
export interface Route {
  readonly host: HostSettings;
  /** The jump hosts in the order in which they are passed, then the host. */
  readonly hosts: readonly HostSettings[];
}

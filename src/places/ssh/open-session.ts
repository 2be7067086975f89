import type { HostSettings } from "./host-settings.ts";
import { NotInstalled } from "./openssh-client.ts";
import { openOpensshSession } from "./openssh-session.ts";
import { findRoute } from "./route.ts";
import { NoCommonAlgorithm, SshError, type SshOptions, type SshSession } from "./session.ts";

/**
 * Connects to a host as the user's `ssh` would, and logs in without asking anybody anything.
 *
 * @param destination `host`, `user@host` or `ssh://[user@]host[:port]`.
 * @throws SshError
 */
export async function openSession(destination: string, options: SshOptions): Promise<SshSession> {
  const { transport, env, signal } = options;
  // The route is found for the system's ssh, too, which would start itself again and again where jump hosts lead in a circle.
  const { host, hosts } = await findRoute(destination, env, signal);
  if (transport === "openssh") return openOpensshSession(host, options);
  const beyond = hosts.find(({ needsOpenssh }) => needsOpenssh !== undefined);
  if (beyond === undefined) return openByLibrary(host, hosts, options);
  if (transport === "auto") return openOpensshSession(host, options);
  const whose = beyond === host ? "" : ` of its jump host ${beyond.destination}`;
  throw new SshError(
    "ssh-failed",
    `${destination}: ssh2 cannot do what the settings${whose} ask for (${beyond.needsOpenssh}): use --ssh-transport openssh`,
  );
}

async function openByLibrary(
  host: HostSettings,
  hosts: readonly HostSettings[],
  options: SshOptions,
): Promise<SshSession> {
  // The library takes a while to load, and only those who need it are to wait.
  const { openSsh2Session } = await import("./ssh2-session.ts");
  try {
    return await openSsh2Session(hosts, options);
  } catch (error) {
    const isBeyond =
      error instanceof SshError && (error.code === "authentication" || error.cause instanceof NoCommonAlgorithm);
    if (options.transport === "ssh2" || options.signal.aborted || !isBeyond) throw error;
    return openOpensshSession(host, options).catch((other: unknown) => Promise.reject(worseOf(error, other)));
  }
}

/** What to tell when neither way worked: the library knows the keys by name, the system's ssh knows better otherwise. */
function worseOf(ofLibrary: SshError, ofOpenssh: unknown): unknown {
  if (!(ofOpenssh instanceof SshError)) return ofOpenssh;
  if (ofOpenssh.cause instanceof NotInstalled) return ofLibrary;
  const isAboutKeys = ofLibrary.code === "authentication" && ofOpenssh.code === "authentication";
  return isAboutKeys ? ofLibrary : ofOpenssh;
}

import { execFile } from "node:child_process";
import { hostname, userInfo, type UserInfo } from "node:os";
import type { Environment } from "../../domain/environment.ts";
import { errnoOf } from "../../domain/system-error.ts";
import { type Destination, parseDestination, sshArguments } from "./destination.ts";
import { findAuthority, knownHostNames } from "./host-key-check.ts";
import type { HostSettings } from "./host-settings.ts";
import { readKnownHosts } from "./known-hosts-files.ts";
import { SshError } from "./session.ts";
import { settingsOf } from "./settings-of.ts";
import { findSpecialKey } from "./special-keys.ts";
import { parseSshConfig, type SshConfig, valueOf } from "./ssh-config.ts";

/** Asked of ssh along with the settings: the home folder and the name of the user here, which it takes from the system. */
const WHO_AM_I = ["-o", "ControlPath=%d/%u"];

/**
 * Asks the user's ssh what it would do to reach a host. Where no ssh is installed, the settings are those that OpenSSH has
 * without any configuration.
 *
 * @param destination `host`, `user@host` or `ssh://[user@]host[:port]`.
 * @param signal gives up at once when aborted: a configuration may run programs.
 * @throws SshError when the name can be no host, or ssh does not take its configuration.
 */
export async function resolveHost(destination: string, env: Environment, signal?: AbortSignal): Promise<HostSettings> {
  const parsed = parseDestination(destination);
  const output = await askSsh(destination, env, signal);
  const config = output === undefined ? builtIn(parsed) : parseSshConfig(output);
  const { host: writtenHost } = parsed;
  const settings = settingsOf(config, { ...whoAmI(config, env), destination, writtenHost, env, hostname: hostname() });
  // Without an ssh there is no choice.
  if (output === undefined || settings.needsOpenssh !== undefined) return settings;
  const needsOpenssh = (await findSpecialKey(settings.identityFiles)) ?? (await trustedAuthority(settings));
  return needsOpenssh === undefined ? settings : { ...settings, needsOpenssh };
}

/** The output of `ssh -G`; undefined when there is no ssh. @throws SshError */
function askSsh(destination: string, env: Environment, signal: AbortSignal | undefined): Promise<string | undefined> {
  const args = ["-G", ...WHO_AM_I, ...sshArguments(destination)];
  const options = { env: { ...env }, signal };
  return new Promise((resolve, reject) => {
    const ssh = execFile("ssh", args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      if (signal?.aborted === true) return reject(new SshError("ssh-failed", `${destination}: given up`, error));
      if (errnoOf(error) === "ENOENT") return resolve(undefined);
      const why = stderr.split("\n").find((line) => line.trim() !== "") ?? error.message;
      reject(new SshError("ssh-failed", `${destination}: "ssh -G" fails: ${why.trim()}`, error));
    });
    ssh.stdin?.end();
  });
}

/** What is known of a host without any configuration. */
function builtIn({ user, host, port }: Destination): SshConfig {
  return new Map([
    ["hostname", [host]],
    ...(user === undefined ? [] : [["user", [user]] as const]),
    ...(port === undefined ? [] : [["port", [String(port)]] as const]),
  ]);
}

function whoAmI(config: SshConfig, env: Environment): { home: string; localUser: string; uid: number } {
  const [, toldHome, toldUser] = /^(\/.*)\/([^/]+)$/.exec(valueOf(config, "controlpath") ?? "") ?? [];
  const { HOME, USER, LOGNAME } = env;
  const account = accountHere();
  return {
    home: toldHome ?? HOME ?? account?.homedir ?? "/",
    localUser: toldUser ?? USER ?? LOGNAME ?? account?.username ?? "nobody",
    uid: process.getuid?.() ?? 0,
  };
}

/** Undefined for a user whom the system does not know by name, as in some containers. */
function accountHere(): UserInfo<string> | undefined {
  try {
    return userInfo();
  } catch {
    return undefined;
  }
}

async function trustedAuthority(settings: HostSettings): Promise<string | undefined> {
  const known = await readKnownHosts([...settings.userKnownHostsFiles, ...settings.globalKnownHostsFiles]);
  const authority = findAuthority(known, knownHostNames(settings));
  return authority === undefined ? undefined : `the @cert-authority of ${authority.file}:${authority.line}`;
}

import type { Environment } from "../../domain/environment.ts";
import { parseJumps } from "./destination.ts";
import { expandPath, type PathTokens } from "./expand-path.ts";
import type { HostSettings, StrictHostKeyChecking } from "./host-settings.ts";
import { needsOpenssh } from "./needs-openssh.ts";
import { flagOf, numberOf, pathsOf, type SshConfig, valueOf } from "./ssh-config.ts";
import { matchesWildcard } from "./wildcard.ts";

/** Who asks for the settings of a host, and for which. */
export interface SettingsRequest {
  readonly destination: string;
  /** The host's name in the destination, before any HostName. */
  readonly writtenHost: string;
  readonly env: Environment;
  readonly home: string;
  readonly localUser: string;
  readonly uid: number;
  /** Name of this machine. */
  readonly hostname: string;
}

/** What OpenSSH does where nothing is configured, as far as the ssh2 library can: ssh_config(5). */
const DEFAULT_IDENTITY_FILES = ["~/.ssh/id_rsa", "~/.ssh/id_ecdsa", "~/.ssh/id_ed25519"];
const DEFAULT_USER_KNOWN_HOSTS = ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"];
const DEFAULT_GLOBAL_KNOWN_HOSTS = ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"];
const DEFAULT_ALIVE_COUNT_MAX = 3;

const STRICT: Readonly<Record<string, StrictHostKeyChecking>> = {
  true: "yes",
  yes: "yes",
  ask: "ask",
  "accept-new": "accept-new",
  false: "no",
  no: "no",
  off: "no",
};

/** The settings that the output of `ssh -G` holds. What is missing there is as OpenSSH has it by default. */
export function settingsOf(config: SshConfig, request: SettingsRequest): HostSettings {
  const { destination, env, localUser } = request;
  const user = valueOf(config, "user") ?? localUser;
  const host = valueOf(config, "hostname") ?? request.writtenHost;
  const port = numberOf(config, "port") ?? 22;
  const hostKeyAlias = valueOf(config, "hostkeyalias");
  const jump = valueOf(config, "proxyjump");
  const tokens = tokensOf(request, { user, host, port, alias: hostKeyAlias, jump });

  const notExpanded: string[] = [];
  const expand = (setting: string, path: string): readonly string[] => {
    const expanded = expandPath(path, tokens, env);
    if (expanded === undefined) notExpanded.push(`${setting} ${path}`);
    return expanded === undefined ? [] : [expanded];
  };
  const identityFiles = (config.get("identityfile") ?? DEFAULT_IDENTITY_FILES)
    .filter((path) => path.toLowerCase() !== "none")
    .flatMap((path) => expand("IdentityFile", path));
  const agent = agentOf(config, env, (path) => expand("IdentityAgent", path)[0]);
  const knownHosts = (setting: string, defaults: readonly string[]): readonly string[] =>
    (pathsOf(config, setting.toLowerCase()) ?? defaults).flatMap((path) => expand(setting, path));
  const userKnownHostsFiles = knownHosts("UserKnownHostsFile", DEFAULT_USER_KNOWN_HOSTS);
  const globalKnownHostsFiles = knownHosts("GlobalKnownHostsFile", DEFAULT_GLOBAL_KNOWN_HOSTS);

  const bindAddress = valueOf(config, "bindaddress");
  const connectTimeout = numberOf(config, "connecttimeout");
  return {
    destination,
    host,
    port,
    user,
    addressFamily: familyOf(config),
    bindAddress,
    identityFiles,
    identitiesOnly: flagOf(config, "identitiesonly"),
    agent,
    userKnownHostsFiles,
    globalKnownHostsFiles,
    hostKeyAlias,
    strictHostKeyChecking: STRICT[valueOf(config, "stricthostkeychecking")?.toLowerCase() ?? "ask"] ?? "ask",
    hashKnownHosts: flagOf(config, "hashknownhosts"),
    noHostAuthenticationForLocalhost: flagOf(config, "nohostauthenticationforlocalhost"),
    jumps: jump === undefined ? [] : parseJumps(expandPath(jump, tokens, env) ?? jump),
    connectTimeout: connectTimeout === 0 ? undefined : connectTimeout,
    serverAliveInterval: numberOf(config, "serveraliveinterval") ?? 0,
    serverAliveCountMax: numberOf(config, "serveralivecountmax") ?? DEFAULT_ALIVE_COUNT_MAX,
    compression: flagOf(config, "compression"),
    environment: environmentOf(config, env),
    needsOpenssh: needsOpenssh(config) ?? notExpanded[0],
  };
}

/** The tokens of ssh_config(5) but for `%C`, a hash that ssh alone knows how to make. */
function tokensOf(
  { writtenHost, home, localUser, uid, hostname }: SettingsRequest,
  to: { user: string; host: string; port: number; alias: string | undefined; jump: string | undefined },
): PathTokens {
  return {
    d: home,
    h: to.host,
    i: String(uid),
    j: to.jump ?? "",
    k: to.alias ?? writtenHost,
    L: hostname.split(".")[0] ?? "",
    l: hostname,
    n: writtenHost,
    p: String(to.port),
    r: to.user,
    u: localUser,
  };
}

function familyOf(config: SshConfig): HostSettings["addressFamily"] {
  const family = valueOf(config, "addressfamily")?.toLowerCase();
  return family === "inet" || family === "inet6" ? family : "any";
}

/** The agent's socket: that of the environment, unless IdentityAgent names another, a variable that does, or `none`. */
function agentOf(
  config: SshConfig,
  env: Environment,
  expand: (path: string) => string | undefined,
): string | undefined {
  const setting = config.get("identityagent")?.[0] ?? "SSH_AUTH_SOCK";
  if (setting.toLowerCase() === "none") return undefined;
  const variable = setting === "SSH_AUTH_SOCK" ? setting : /^\$(\w+)$/.exec(setting)?.[1];
  if (variable === undefined) return expand(setting);
  return env[variable] === "" ? undefined : env[variable];
}

function environmentOf(config: SshConfig, env: Environment): Record<string, string> {
  const patterns = config.get("sendenv") ?? [];
  const sent = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && patterns.some((pattern) => matchesWildcard(name, pattern)) ? [[name, value] as const] : [],
  );
  const set = (config.get("setenv") ?? []).flatMap((setting) => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries([...sent, ...set]);
}

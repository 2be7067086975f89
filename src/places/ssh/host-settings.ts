/** What the user's ssh would do to reach one host. Files need not exist. */
export interface HostSettings {
  /** The host as the user wrote it: `host`, `user@host` or `ssh://...`. */
  readonly destination: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly addressFamily: "any" | "inet" | "inet6";
  readonly bindAddress: string | undefined;
  /** Private keys to offer, in order. */
  readonly identityFiles: readonly string[];
  /** Whether the agent's other keys must not be offered. */
  readonly identitiesOnly: boolean;
  /** Path of the agent's socket; undefined: no agent. */
  readonly agent: string | undefined;
  readonly userKnownHostsFiles: readonly string[];
  readonly globalKnownHostsFiles: readonly string[];
  readonly hostKeyAlias: string | undefined;
  readonly strictHostKeyChecking: StrictHostKeyChecking;
  readonly hashKnownHosts: boolean;
  readonly noHostAuthenticationForLocalhost: boolean;
  /** ProxyJump in order of hops, each a destination to resolve: `[user@]host`, or `ssh://[user@]host:port`. */
  readonly jumps: readonly string[];
  /** Seconds that the host may take to answer, and then to agree on keys; undefined: 15 (CONNECT_LIMIT). */
  readonly connectTimeout: number | undefined;
  /** Seconds; 0 where nothing is configured, and keepalives of our own are used. */
  readonly serverAliveInterval: number;
  readonly serverAliveCountMax: number;
  readonly compression: boolean;
  /** Variables to send along: SetEnv, and what SendEnv finds in the caller's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the settings ask for that the ssh2 library cannot do, in words; undefined when nothing. */
  readonly needsOpenssh: string | undefined;
}

/** What to do about a host whose key is not known or has changed. Nobody can be asked, so `ask` counts as `yes`. */
export type StrictHostKeyChecking = "yes" | "ask" | "accept-new" | "no";

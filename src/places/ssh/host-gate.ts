import type { ServerHostKeyAlgorithm } from "ssh2";
import { errnoText } from "../../domain/system-error.ts";
import { checkHostKey, type HostKeyDecision, knownHostNames, knownKeyTypes } from "./host-key-check.ts";
import { hostKeyError, hostKeyWarning } from "./host-key-messages.ts";
import type { HostSettings } from "./host-settings.ts";
import { appendKnownHost, readKnownHosts } from "./known-hosts-files.ts";
import type { KnownHost } from "./known-hosts.ts";
import type { SshError } from "./session.ts";

/** Looks at the key that a host shows, before anything is sent to it. */
export class HostGate {
  readonly #settings: HostSettings;
  readonly #known: readonly KnownHost[];
  readonly #address: string | undefined;
  readonly #warn: (message: string) => void;
  #accepted: Buffer | undefined;
  #refusal: SshError | undefined;
  #mayForward = true;

  private constructor(
    settings: HostSettings,
    known: readonly KnownHost[],
    address: string | undefined,
    warn: (message: string) => void,
  ) {
    this.#settings = settings;
    this.#known = known;
    this.#address = address;
    this.#warn = warn;
  }

  /** @param address that the connection goes to; undefined when a jump host has made it. */
  static async prepare(
    settings: HostSettings,
    address: string | undefined,
    warn: (message: string) => void,
  ): Promise<HostGate> {
    const files = [...settings.userKnownHostsFiles, ...settings.globalKnownHostsFiles];
    return new HostGate(settings, await readKnownHosts(files), address, warn);
  }

  /** Why the host was refused, once it was. */
  get refusal(): SshError | undefined {
    return this.#refusal;
  }

  /** False for a host whose key has changed and was taken all the same. */
  get mayForward(): boolean {
    return this.#mayForward;
  }

  /** The ways in which a host may show who it is, those of its known keys first. */
  algorithms(): ServerHostKeyAlgorithm[] {
    const known = new Set(knownKeyTypes(this.#known, knownHostNames(this.#settings)));
    const isKnown = (algorithm: ServerHostKeyAlgorithm): boolean => known.has(keyTypeFor(algorithm));
    return [...ALGORITHMS.filter(isKnown), ...ALGORITHMS.filter((algorithm) => !isKnown(algorithm))];
  }

  /** Decides about the key; a host that is new is made known before anything else happens. */
  async check(key: Buffer): Promise<boolean> {
    // A host shows its key again whenever the connection's own keys are renewed.
    if (this.#accepted !== undefined) return this.#accepted.equals(key);
    const settings = this.#settings;
    const decision = checkHostKey(settings, this.#known, key, isLoopback(this.#address));
    const shown = { destination: settings.destination, settings, key, address: this.#address };
    this.#refusal = hostKeyError(decision, shown);
    if (this.#refusal !== undefined) return false;
    this.#accepted = key;
    this.#mayForward = decision.type !== "accepted-changed";
    const warning = hostKeyWarning(decision, shown);
    if (warning !== undefined) this.#warn(warning);
    await this.#keep(decision);
    return true;
  }

  async #keep(decision: HostKeyDecision): Promise<void> {
    if (decision.type !== "accepted-new" || decision.file === undefined) return;
    try {
      await appendKnownHost(decision.file, decision.line);
    } catch (error) {
      // ssh goes on as well.
      this.#warn(`cannot add the host key of ${this.#settings.destination} to ${decision.file}: ${errnoText(error)}`);
    }
  }
}

/** What the ssh2 library can check, in OpenSSH's order. */
const ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
  "ssh-rsa",
];

/** RSA keys have several ways to sign. */
function keyTypeFor(algorithm: ServerHostKeyAlgorithm): string {
  return algorithm.startsWith("rsa-") ? "ssh-rsa" : algorithm;
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (address === "::1" || address.startsWith("127."));
}

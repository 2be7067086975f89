import type { AnyAuthMethod, AuthenticationType, NextAuthHandler, ParsedKey } from "ssh2";
import type { Agent } from "./agent.ts";
import type { HostSettings } from "./host-settings.ts";
import { readKeyFile } from "./key-file.ts";
import { type AgentKey, describeProblems, orderKeys } from "./key-order.ts";
import { SshError } from "./session.ts";

/** Logs in with keys, as the user's ssh would, but never with a password or a question. */
export class Authentication {
  readonly #settings: HostSettings;
  readonly #offers: Offer[];
  readonly #problems: readonly string[];
  readonly #tried: string[] = [];
  #methods: readonly string[] | undefined;

  private constructor(settings: HostSettings, offers: Offer[], problems: readonly string[]) {
    this.#settings = settings;
    this.#offers = offers;
    this.#problems = problems;
  }

  /** Finds the user's keys for a host. */
  static async prepare(settings: HostSettings, agent: Agent | undefined): Promise<Authentication> {
    const [held = [], ...found] = await Promise.all([
      agent?.keys().then((keys) => keys.map((key) => new HeldKey(key))),
      ...settings.identityFiles.map((file) => readKeyFile(file)),
    ]);
    const files = found.filter((file) => file !== undefined);
    const username = settings.user;
    const offers = orderKeys(held, files, settings.identitiesOnly).flatMap((offered): Offer[] => {
      if (offered.from === "file") {
        const { file, privateKey } = offered.key;
        return privateKey === undefined
          ? []
          : [{ name: file, method: { type: "publickey", username, key: privateKey } }];
      }
      if (agent === undefined) return [];
      const { comment, key } = offered.key;
      return [{ name: `agent key "${comment}"`, method: { type: "agent", username, agent: agent.only(key) } }];
    });
    return new Authentication(settings, offers, describeProblems(held, files));
  }

  /**
   * The next way to try, as the ssh2 library asks for it. The first is none at all, to which a host answers with the ways
   * that it knows.
   *
   * @param methods that the host still takes; null before it has said.
   */
  next(methods: readonly AuthenticationType[] | null): Parameters<NextAuthHandler>[0] | false {
    if (methods === null) return { type: "none", username: this.#settings.user };
    this.#methods ??= methods;
    const offer = methods.includes("publickey") ? this.#offers.shift() : undefined;
    if (offer === undefined) return false;
    this.#tried.push(offer.name);
    return offer.method;
  }

  /** Why nobody was let in. @param reason what the host said when it hung up by itself. */
  failure(reason?: string): SshError {
    const { destination, user } = this.#settings;
    const said = reason === undefined ? "" : ` (it says: ${reason})`;
    return new SshError("authentication", `${destination}: ${this.#what()} for user ${user}${this.#details()}${said}`);
  }

  #what(): string {
    if (this.#methods !== undefined && !this.#methods.includes("publickey")) {
      return `the host takes no keys, only ${this.#methods.join(", ")},`;
    }
    return this.#tried.length === 0 ? "there is no key that could be tried" : "none of the keys is accepted";
  }

  #details(): string {
    const tried = this.#tried.length === 0 ? [] : [`tried: ${this.#tried.join(", ")}`];
    const details = [...tried, ...this.#problems].join("; ");
    return details === "" ? "" : ` (${details})`;
  }
}

interface Offer {
  /** Name of the key, for people. */
  readonly name: string;
  readonly method: AnyAuthMethod;
}

class HeldKey implements AgentKey {
  readonly key: ParsedKey;
  readonly publicKey: Buffer;
  readonly comment: string;

  constructor(key: ParsedKey) {
    this.key = key;
    this.publicKey = key.getPublicSSH();
    this.comment = key.comment;
  }
}

import type { TLSSocket } from "node:tls";
import { UserError } from "../domain/errors.ts";
import { EXIT } from "../domain/exit-codes.ts";
import type { Address, CallsFrom, Credentials, Invitation } from "../domain/launcher.ts";
import { errnoOf, errnoText } from "../domain/system-error.ts";
import type { Contact } from "../wire/contact.ts";
import type { CallerRole } from "../wire/names.ts";
import { listen, type Listener } from "../wire/tls.ts";

/** Callers of this machine use its loopback, which other machines cannot reach. */
const LOOPBACK = "127.0.0.1";
/** All addresses of both families; and those of the old one, where a machine has no other. */
const EVERYWHERE = ["::", "0.0.0.0"] as const;

export interface ReceptionOptions {
  /** The run's certificates. */
  readonly credentials: Promise<Readonly<Record<"driver" | CallerRole, Credentials>>>;
  /** Name of this host. */
  readonly host: string;
  /** Addresses of this machine that other hosts may know it by. */
  readonly addresses: readonly string[];
  /** What the user says other hosts are to call instead; port 0 stands for any free one. */
  readonly useAddress?: Address;
  /** Callers from other hosts are expected from the beginning, and not only when one of them is started from here. */
  readonly open: boolean;
  /** Told where controllers find the run, each time that changes. */
  readonly onContact?: (contact: Contact) => void;
}

/**
 * Where the run can be called. It listens on the loopback; to other hosts it listens only once there is a reason to
 * expect calls from them.
 */
export class Reception {
  readonly #options: ReceptionOptions;
  readonly #accept: (socket: TLSSocket, role: CallerRole) => void;
  readonly #listeners = new Map<CallsFrom, Promise<Listener>>();
  #closed = false;

  constructor(options: ReceptionOptions, accept: (socket: TLSSocket, role: CallerRole) => void) {
    this.#options = options;
    this.#accept = accept;
  }

  /** Begins to listen. @throws Error, from the system, when it cannot. */
  async listen(): Promise<void> {
    await this.#listener(this.#options.open ? "elsewhere" : "here");
    await this.#tellContact();
  }

  /** What an engine that calls from there needs to know. */
  async invite(from: CallsFrom): Promise<Invitation> {
    const isNews = !this.#listeners.has(from);
    const invitation = await this.#invitation(from, "engine");
    if (isNews) await this.#tellContact();
    return invitation;
  }

  close(): void {
    this.#closed = true;
    for (const listener of this.#listeners.values()) {
      listener.then((open) => open.close()).catch(() => undefined);
    }
  }

  async #invitation(from: CallsFrom, role: CallerRole): Promise<Invitation> {
    const { addresses, useAddress } = this.#options;
    const [{ port }, { [role]: credentials }] = await Promise.all([this.#listener(from), this.#options.credentials]);
    if (from === "here") return { addresses: [{ host: LOOPBACK, port }], credentials };
    if (useAddress === undefined) return { addresses: addresses.map((host) => ({ host, port })), credentials };
    return { addresses: [{ host: useAddress.host, port: useAddress.port || port }], credentials, noForwarding: true };
  }

  #listener(from: CallsFrom): Promise<Listener> {
    const known = this.#listeners.get(from);
    if (known !== undefined) return known;
    const listener = from === "here" ? this.#listenOn([LOOPBACK], 0) : this.#listenOn(EVERYWHERE, this.#namedPort);
    this.#listeners.set(from, listener);
    // What fails now may work when it is asked for again.
    listener.catch(() => this.#listeners.delete(from));
    return listener;
  }

  get #namedPort(): number {
    return this.#options.useAddress?.port ?? 0;
  }

  /** Listens on the first of these hosts that this machine has. */
  async #listenOn(hosts: readonly string[], port: number): Promise<Listener> {
    const { driver } = await this.#options.credentials;
    for (const [i, host] of hosts.entries()) {
      try {
        const listener = await listen({ host, port }, driver, this.#accept);
        if (this.#closed) listener.close();
        return listener;
      } catch (error) {
        const missing = errnoOf(error) === "EAFNOSUPPORT" || errnoOf(error) === "EADDRNOTAVAIL";
        if (missing && i < hosts.length - 1) continue;
        const where = port === 0 ? "for engines" : `on port ${port}, which --use-address names`;
        const message = `this machine cannot listen ${where}: ${errnoText(error)}`;
        throw new UserError("cannot-listen", message, { exitCode: EXIT.unfinished, cause: error });
      }
    }
    throw new Error("no host to listen on");
  }

  async #tellContact(): Promise<void> {
    const { host, onContact } = this.#options;
    if (onContact === undefined || this.#closed) return;
    const here = await this.#invitation("here", "controller");
    const open = this.#listeners.has("elsewhere");
    const elsewhere = open ? { elsewhere: await this.#invitation("elsewhere", "controller") } : {};
    if (!this.#closed) onContact({ host, here, ...elsewhere });
  }
}

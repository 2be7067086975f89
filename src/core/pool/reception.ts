import type { TLSSocket } from "node:tls";
import { UserError } from "../../domain/errors.ts";
import { EXIT } from "../../domain/exit-codes.ts";
import type { Address, CallsFrom, Credentials, Invitation } from "../../domain/launcher.ts";
import { errnoOf, errnoText, messageOf } from "../../domain/system-error.ts";
import type { Contact } from "../../wire/contact.ts";
import type { CallerRole } from "../../wire/names.ts";
import type { OnRefused } from "../../wire/refusals.ts";
import { listen, type Listener } from "../../wire/tls.ts";

/** Callers of this machine use its loopback, which other machines cannot reach. */
const LOOPBACK = "127.0.0.1";
const PLACES = ["here", "elsewhere"] as const;
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
  readonly useAddress?: Address | undefined;
  /** Callers from other hosts are expected from the beginning, and not only when one of them is started from here. */
  readonly open: boolean;
  /** Ports that an earlier driver of the run has listened on: its engines call there. */
  readonly ports?: Ports;
  /** Told of the ports that are listened on, each time that they change. */
  readonly onPorts?: (ports: Ports) => void;
  /** Told what the user should know, in one line. */
  readonly onWarning?: (message: string) => void;
  /** Told where controllers find the run, each time that changes. */
  readonly onContact?: (contact: Contact) => void;
  /** Told of callers that are turned away since they have shown no certificate of the run; of many at once when they are many. */
  readonly onRefused?: OnRefused;
}

/** What callers from either place call. */
export type Ports = Readonly<Partial<Record<CallsFrom, number>>>;

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
    const { open, ports = {} } = this.#options;
    const earlier = PLACES.filter((from) => ports[from] !== undefined);
    const places = new Set<CallsFrom>([...earlier, open ? "elsewhere" : "here"]);
    await Promise.all([...places].map((from) => this.#listener(from)));
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
    const listener = this.#listenAsBefore(from, from === "here" ? [LOOPBACK] : EVERYWHERE);
    this.#listeners.set(from, listener);
    // What fails now may work when it is asked for again.
    listener.catch(() => this.#listeners.delete(from));
    return listener;
  }

  /** Engines of an earlier driver call where that has listened; if there is somebody else now they have to be done without. */
  async #listenAsBefore(from: CallsFrom, hosts: readonly string[]): Promise<Listener> {
    const { useAddress, ports, onWarning } = this.#options;
    const named = from === "here" ? 0 : (useAddress?.port ?? 0);
    const earlier = ports?.[from];
    if (named !== 0 || earlier === undefined) return this.#listenOn(hosts, named);
    try {
      return await this.#listenOn(hosts, earlier);
    } catch (error) {
      onWarning?.(`engines of the earlier driver cannot call any more: port ${earlier}: ${messageOf(error)}`);
      return this.#listenOn(hosts, 0);
    }
  }

  /** Listens on the first of these hosts that this machine has. */
  async #listenOn(hosts: readonly string[], port: number): Promise<Listener> {
    const { driver } = await this.#options.credentials;
    for (const [i, host] of hosts.entries()) {
      try {
        const listener = await listen({ host, port }, driver, this.#accept, this.#options.onRefused);
        if (this.#closed) listener.close();
        return listener;
      } catch (error) {
        const missing = errnoOf(error) === "EAFNOSUPPORT" || errnoOf(error) === "EADDRNOTAVAIL";
        if (missing && i < hosts.length - 1) continue;
        const isNamed = port !== 0 && port === this.#options.useAddress?.port;
        const where = isNamed ? `on port ${port}, which --use-address names` : "for engines";
        const message = `this machine cannot listen ${where}: ${errnoText(error)}`;
        throw new UserError("cannot-listen", message, { exitCode: EXIT.unfinished, cause: error });
      }
    }
    throw new Error("no host to listen on");
  }

  async #tellContact(): Promise<void> {
    const { host, onContact, onPorts } = this.#options;
    if (this.#closed) return;
    // Whoever is told where to call on this host may have engines call there, and so may the next driver.
    const here = onContact === undefined ? undefined : await this.#invitation("here", "controller");
    await this.#tellPorts(onPorts);
    if (onContact === undefined || here === undefined) return;
    const open = this.#listeners.has("elsewhere");
    const elsewhere = open ? { elsewhere: await this.#invitation("elsewhere", "controller") } : {};
    if (!this.#closed) onContact({ host, here, ...elsewhere });
  }

  async #tellPorts(tell: ((ports: Ports) => void) | undefined): Promise<void> {
    if (tell === undefined) return;
    const ports: Partial<Record<CallsFrom, number>> = {};
    for (const [from, listener] of this.#listeners) ports[from] = (await listener).port;
    if (!this.#closed) tell(ports);
  }
}

import type { Duplex } from "node:stream";
import { Endpoint, networkError } from "./endpoint.ts";
import { Flow, type Parcel } from "./flow.ts";
import type { SimulatedHost } from "./host.ts";
import type { SimulatedProcess } from "./process.ts";
import type { World } from "./world.ts";

/** Whoever calls has to have been let in by then, in milliseconds. */
const HANDSHAKE_MS = 10_000;
/** How often a process that ends leaves resets behind, and not tidy ends: whenever it had not read everything. */
const RESETS = 0.3;

type Accept = (socket: Duplex, role: string) => void;

interface Listening {
  readonly process: SimulatedProcess;
  readonly accept: Accept;
}

interface Link {
  readonly near: Endpoint;
  readonly far: Endpoint;
  readonly flows: readonly [Flow, Flow];
}

export interface Call {
  readonly host: SimulatedHost;
  readonly port: number;
  /** What the caller's certificate says. */
  readonly role: string;
  readonly signal?: AbortSignal;
}

/** The connections between processes, on one host or several, and who listens for them. */
export class Network {
  readonly #world: World;
  readonly #listening = new Map<string, Listening>();
  readonly #links = new Set<Link>();
  readonly #flows = new Set<Flow>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The process whose code runs listens on its host. @returns stops it, and closes what has come in. */
  listen(port: number, accept: Accept): () => void {
    const process = this.#world.self;
    const where = `${process.host.name}:${port}`;
    if (this.#listening.get(where)?.process.isAlive === true) throw new Error(`${where} is in use`);
    const accepted: Duplex[] = [];
    const listening: Listening = {
      process,
      accept: (socket, role) => {
        accepted.push(socket);
        accept(socket, role);
      },
    };
    this.#listening.set(where, listening);
    const close = (): void => {
      if (this.#listening.get(where) !== listening) return;
      this.#listening.delete(where);
      if (process.isAlive) for (const socket of accepted) socket.destroy();
    };
    process.onEnd(close);
    return close;
  }

  /** Connections that both sides, as far as they live, know of. */
  get open(): number {
    return [...this.#links].filter(({ near, far }) => isHeld(near) || isHeld(far)).length;
  }

  /** Breaks connections in the middle. @param chosen which of them. */
  breakLinks(chosen: () => boolean): number {
    let broken = 0;
    for (const { near, far, flows } of this.#links) {
      if (!near.isOpen || !far.isOpen || !chosen()) continue;
      broken++;
      for (const flow of flows) flow.abandon();
      for (const end of [near, far]) this.#world.post(end.process, 0, () => end.deliver({ type: "reset" }));
    }
    return broken;
  }

  /** Some path may be passable again. */
  tryAgain(): void {
    for (const flow of this.#flows) {
      if (flow.isOver) this.#flows.delete(flow);
      else flow.tryAgain();
    }
  }

  /** The process whose code runs calls somebody. @throws Error when nobody answers. */
  dial({ host, port, role, signal }: Call): Promise<Duplex> {
    const world = this.#world;
    const caller = world.self;
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => fail(new Error("no answer")), HANDSHAKE_MS);
      const { near, far, out, back } = this.#connect(caller, host);
      let settled = false;
      const settle = (): boolean => {
        if (settled) return false;
        settled = true;
        clearTimeout(deadline);
        signal?.removeEventListener("abort", abort);
        near.off("error", fail);
        near.off("close", hungUp);
        return true;
      };
      const fail = (error: Error): void => {
        if (!settle()) return;
        near.destroy();
        reject(error);
      };
      const hungUp = (): void => fail(new Error("it hung up"));
      const abort = (): void => fail(new Error("called off"));
      near.on("error", fail);
      near.on("close", hungUp);
      if (signal?.aborted === true) return abort();
      signal?.addEventListener("abort", abort);
      // First packet, first answer, and the caller's certificate: then both sides know each other.
      const knock = (): void => {
        const where = `${host.name}:${port}`;
        const listening = this.#listening.get(where);
        if (listening === undefined || !listening.process.isAlive) {
          return back.send({ type: "step", take: () => fail(networkError("ECONNREFUSED")) });
        }
        const callee = far(listening.process);
        world.post(listening.process, 0, () => {
          if (callee.isOpen) back.send({ type: "step", take: established });
        });
        const letIn = (): void => {
          callee.isEstablished = true;
          if (this.#listening.get(where) === listening) listening.accept(callee, role);
          else callee.destroy();
        };
        const established = (): void => {
          if (!settle()) return;
          near.isEstablished = true;
          out.send({ type: "step", take: letIn });
          resolve(near);
        };
      };
      out.send({ type: "step", take: knock });
    });
  }

  /** Two flows with the caller's end; the other is made once it is known who listens. */
  #connect(caller: SimulatedProcess, host: SimulatedHost) {
    let farEnd: Endpoint | undefined;
    const out = this.#flow(caller.host, host, {
      arrived: (parcel) => {
        if (farEnd !== undefined) this.#hand(farEnd, parcel);
        // The first packet is for the host, whose system knows who listens.
        else if (parcel.type === "step" && near.isOpen) parcel.take();
      },
      gaveUp: () => this.#giveUp(near),
    });
    const back = this.#flow(host, caller.host, {
      arrived: (parcel) => this.#hand(near, parcel),
      gaveUp: () => farEnd !== undefined && this.#giveUp(farEnd),
    });
    const near = this.#endpoint(caller, out);
    const far = (process: SimulatedProcess): Endpoint => {
      farEnd = this.#endpoint(process, back);
      const link: Link = { near, far: farEnd, flows: [out, back] };
      this.#links.add(link);
      return farEnd;
    };
    return { near, far, out, back };
  }

  #flow(from: SimulatedHost, to: SimulatedHost, events: { arrived(parcel: Parcel): void; gaveUp(): void }): Flow {
    const flow = new Flow(this.#world, { from, to }, events);
    this.#flows.add(flow);
    return flow;
  }

  #endpoint(process: SimulatedProcess, out: Flow): Endpoint {
    const ended = (how: string): void => {
      endpoint.letGo(this.#world.random.chance(RESETS));
      // Nobody says goodbye; a host that is up again knows nothing of it, and says so when asked.
      if (how === "vanished") out.drop();
    };
    const endpoint = new Endpoint(process, out, () => process.offEnd(ended));
    process.onEnd(ended);
    return endpoint;
  }

  #hand(end: Endpoint, parcel: Parcel): void {
    if (parcel.type !== "step") this.#world.note(() => `for ${end.process.name}: ${textOf(parcel)}`);
    if (!end.process.isAlive) end.refuse(parcel);
    else this.#world.post(end.process, 0, () => end.deliver(parcel));
  }

  #giveUp(end: Endpoint): void {
    this.#world.post(end.process, 0, () => end.destroy(networkError("ETIMEDOUT")));
  }
}

/** What of it people can read. */
function textOf(parcel: Exclude<Parcel, { type: "step" }>): string {
  return parcel.type === "bytes" ? parcel.bytes.toString("utf8").replaceAll(/[^ -~]+/g, " ") : parcel.type;
}

function isHeld(end: Endpoint): boolean {
  return end.process.isAlive && end.isOpen;
}

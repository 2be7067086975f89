import type { Socket } from "node:net";
import { Descriptors, openFileLimit } from "./descriptors.ts";
import { plainAddress } from "./network-of.ts";
import { type OnRefused, Refusals } from "./refusals.ts";
import { Strangers } from "./strangers.ts";

/**
 * Strangers that may wait on one port: so many that thousands of engines that call in the same moment all find room. Each costs
 * up to 60 KB in Node and 12 KB in Bun (measured, with half a handshake done).
 */
const MOST_STRANGERS = 4096;
/** And they take no more than this part of the files that this process may have open; a run has two ports. */
const SHARE_OF_FILES = 1 / 4;

/** Time is counted in ticks. A stranger has ten seconds to show who it is; most need a few milliseconds. */
const TICK_MS = 500;
const PATIENCE_TICKS = 20;

const CROWDED_OUT = "too many callers have not shown who they are";
const NO_FILES = "this process can open no more files";
const LATE = "it has not shown who it is in time";

/** One who has called. In Node the certificate is checked by another object than the socket that has called. */
interface Caller {
  readonly socket: Socket;
  /** Empty when it was gone before it could be asked for. */
  readonly address: string;
  readonly place: string;
}

/** Everybody who calls on one port; keeps in bounds those who have not shown a certificate of the run. */
export class FrontDoor {
  readonly #strangers: Strangers<Caller>;
  readonly #strangersByPlace = new Map<string, Caller>();
  readonly #sockets = new Set<Socket>();
  readonly #descriptors: Descriptors;
  readonly #refusals: Refusals;
  readonly #timer: NodeJS.Timeout;

  /** @param refused told of those who are turned away. */
  constructor(refused: OnRefused) {
    const files = openFileLimit();
    this.#strangers = new Strangers(Math.min(MOST_STRANGERS, Math.ceil(files * SHARE_OF_FILES)), PATIENCE_TICKS);
    this.#descriptors = new Descriptors(files);
    this.#refusals = new Refusals(refused);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Somebody has called. Somebody may have to go for that. */
  called(socket: Socket): void {
    const caller: Caller = { socket, address: plainAddress(socket.remoteAddress ?? ""), place: placeOf(socket) };
    this.#sockets.add(socket);
    this.#strangers.add(caller, caller.address);
    if (caller.address !== "") this.#strangersByPlace.set(caller.place, caller);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      // Node says a moment later what was wrong with it.
      setImmediate(() => this.#forget(caller));
    });
    if (this.#strangers.isOverfull) this.#turnAway(this.#strangers.leastWelcome(), CROWDED_OUT);
    else if (this.#descriptors.isShort) this.#turnAway(this.#strangers.leastWelcome(), NO_FILES);
  }

  /** The caller behind this socket has shown a certificate of the run. @returns false when it is gone already. */
  letIn(socket: Socket): boolean {
    const caller = this.#strangerOf(socket);
    return caller !== undefined && this.#forget(caller);
  }

  /** @param why missing when the caller has hung up. */
  refuse(socket: Socket, why: string | undefined): void {
    const caller = this.#strangerOf(socket);
    if (why !== undefined) this.#turnAway(caller, why);
    socket.destroy();
  }

  /** Hangs up on everybody. */
  close(): void {
    clearInterval(this.#timer);
    this.#refusals.flush();
    this.#descriptors.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #tick(): void {
    this.#descriptors.tick();
    this.#refusals.tick();
    for (const caller of this.#strangers.tick()) this.#turnAway(caller, LATE);
  }

  #turnAway(caller: Caller | undefined, why: string): void {
    if (caller === undefined || !this.#forget(caller)) return;
    caller.socket.destroy();
    this.#refusals.add(caller.address, why);
  }

  #forget(caller: Caller): boolean {
    if (this.#strangersByPlace.get(caller.place) === caller) this.#strangersByPlace.delete(caller.place);
    return this.#strangers.delete(caller);
  }

  /** A socket that is closed no longer knows its address; then that of the caller is closed, too. */
  #strangerOf(socket: Socket): Caller | undefined {
    if (socket.remotePort !== undefined) return this.#strangersByPlace.get(placeOf(socket));
    return [...this.#strangers].find((caller) => caller.socket.destroyed);
  }
}

/** Unlike that of any other who calls on the same port. */
function placeOf({ remoteAddress = "", remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

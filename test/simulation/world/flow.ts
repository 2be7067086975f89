import type { SimulatedHost } from "./host.ts";
import type { Happening, World } from "./world.ts";

/** What travels over a connection. */
export type Parcel =
  | { readonly type: "bytes"; readonly bytes: Buffer }
  /** Nothing more comes from there. */
  | { readonly type: "end" }
  /** The other side will have no more of it. */
  | { readonly type: "reset" }
  /** A step of the connection's own making. */
  | { readonly type: "step"; readonly take: () => void };

interface Travelling {
  readonly due: number;
  readonly parcel: Parcel;
}

/** From one host to another, as far as packets go. */
export interface Path {
  readonly from: SimulatedHost;
  readonly to: SimulatedHost;
}

/** Whether packets get through. */
export function isPassable({ from, to }: Path): boolean {
  return to.isUp && (from === to || (!from.isCut && !to.isCut));
}

/** A sender gives a connection up when nothing gets through for so long; systems differ much. Milliseconds. */
const GIVEN_UP = { least: 120_000, most: 900_000 };

export interface FlowEvents {
  /** Something has come to the other side's host. */
  arrived(parcel: Parcel): void;
  /** Nothing gets through for so long that the sender's system gives up. */
  gaveUp(): void;
}

/**
 * One direction of a connection. What is sent arrives in order, cut and joined anew; what does not get through is kept and
 * sent again.
 */
export class Flow {
  readonly path: Path;
  readonly #world: World;
  readonly #events: FlowEvents;
  #travelling: Travelling[] = [];
  #lastDue = 0;
  #moving: Happening | undefined;
  #stuckSince: number | undefined;
  #patience: Happening | undefined;
  #over = false;

  constructor(world: World, path: Path, events: FlowEvents) {
    this.#world = world;
    this.path = path;
    this.#events = events;
  }

  /** It has been abandoned. */
  get isOver(): boolean {
    return this.#over;
  }

  send(parcel: Parcel): void {
    if (this.#over) return;
    if (parcel.type === "bytes") this.#sendBytes(parcel.bytes);
    else this.#enqueue(parcel, 0);
    this.#move();
  }

  /** What has not arrived does not. */
  drop(): void {
    this.#travelling = [];
  }

  /** Nothing of it arrives any more. */
  abandon(): void {
    this.#over = true;
    this.drop();
    if (this.#moving !== undefined) this.#moving.action = undefined;
    if (this.#patience !== undefined) this.#patience.action = undefined;
  }

  /** The path may be passable again: the sender finds out when it next tries. */
  tryAgain(): void {
    if (this.#stuckSince === undefined || this.#over || !isPassable(this.path)) return;
    // The waits between tries are twice as long each time, and two minutes at most.
    const wait = this.#world.random.between(0, Math.min(this.#world.now - this.#stuckSince, 120_000)) + 200;
    if (this.#moving === undefined) this.#schedule(wait);
  }

  #sendBytes(bytes: Buffer): void {
    const { random } = this.#world;
    const last = this.#travelling[this.#travelling.length - 1];
    if (last?.parcel.type === "bytes" && random.chance(0.3)) {
      const joined = Buffer.concat([last.parcel.bytes, bytes]);
      this.#travelling[this.#travelling.length - 1] = { due: last.due, parcel: { type: "bytes", bytes: joined } };
      return;
    }
    const cut = bytes.length > 1 && random.chance(0.1) ? random.whole(1, bytes.length - 1) : 0;
    if (cut > 0) this.#enqueue({ type: "bytes", bytes: bytes.subarray(0, cut) }, 0);
    this.#enqueue({ type: "bytes", bytes: bytes.subarray(cut) }, cut > 0 ? random.between(0, this.#latency) : 0);
  }

  #enqueue(parcel: Parcel, extra: number): void {
    const wait = this.#latency * this.#world.random.between(0.8, 1.4) + extra;
    this.#lastDue = Math.max(this.#lastDue, this.#world.now + wait);
    this.#travelling.push({ due: this.#lastDue, parcel });
  }

  /** Milliseconds. */
  get #latency(): number {
    const { from, to } = this.path;
    return from === to ? 0.03 : from.latency + to.latency;
  }

  #move(): void {
    const [first] = this.#travelling;
    if (first === undefined || this.#moving !== undefined || this.#stuckSince !== undefined) return;
    this.#schedule(Math.max(0, first.due - this.#world.now));
  }

  #schedule(delay: number): void {
    this.#moving = this.#world.later(delay, () => {
      this.#moving = undefined;
      this.#deliver();
    });
  }

  #deliver(): void {
    if (!isPassable(this.path)) return this.#stick();
    this.#stuckSince = undefined;
    if (this.#patience !== undefined) this.#patience.action = undefined;
    this.#patience = undefined;
    for (let first = this.#travelling[0]; first !== undefined && !this.#over; first = this.#travelling[0]) {
      if (first.due > this.#world.now) break;
      this.#travelling.shift();
      this.#events.arrived(first.parcel);
    }
    this.#move();
  }

  #stick(): void {
    this.#stuckSince ??= this.#world.now;
    const { least, most } = GIVEN_UP;
    this.#patience ??= this.#world.later(this.#world.random.between(least, most), () => {
      this.abandon();
      this.#events.gaveUp();
    });
  }
}

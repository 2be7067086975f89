import { Duplex } from "node:stream";
import type { Flow, Parcel } from "./flow.ts";
import type { SimulatedProcess } from "./process.ts";

/** What a process holds of a connection: like a socket. */
export class Endpoint extends Duplex {
  readonly process: SimulatedProcess;
  /** Both sides have shown who they are. */
  isEstablished = false;
  readonly #out: Flow;
  #endSent = false;
  /** The system has let go of it: whatever comes for it is answered with a reset. */
  #closed = false;
  readonly #onClosed: () => void;

  constructor(process: SimulatedProcess, out: Flow, onClosed: () => void) {
    super();
    // Whoever uses it hears of its close.
    this.on("error", () => undefined);
    this.process = process;
    this.#out = out;
    this.#onClosed = onClosed;
  }

  /** Whether anything that arrives still finds it. */
  get isOpen(): boolean {
    return !this.#closed;
  }

  /** Something has arrived; called while its process runs. */
  deliver(parcel: Parcel): void {
    if (this.destroyed) return this.refuse(parcel);
    switch (parcel.type) {
      case "bytes":
        return void this.push(parcel.bytes);
      case "end":
        return void (this.isEstablished ? this.push(null) : this.destroy());
      case "reset":
        this.letGo();
        return void this.destroy(networkError("ECONNRESET"));
      case "step":
        return parcel.take();
      default:
        return parcel satisfies never;
    }
  }

  /** What comes for a connection that is closed here is answered by the system. */
  refuse(parcel: Parcel): void {
    if (parcel.type === "bytes") this.#out.send({ type: "reset" });
  }

  /** The system closes it: what has been sent still arrives. */
  letGo(reset = false): void {
    if (this.#closed) return;
    this.#closed = true;
    if (reset) this.#out.send({ type: "reset" });
    else this.#sendEnd();
    this.#onClosed();
  }

  #sendEnd(): void {
    if (!this.#endSent) this.#out.send({ type: "end" });
    this.#endSent = true;
  }

  override _read(): void {
    // What arrives is pushed at once.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#out.send({ type: "bytes", bytes: chunk });
    done();
  }

  override _final(done: () => void): void {
    this.#sendEnd();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.letGo();
    done(error);
  }
}

/** What the system says when a connection fails. */
export function networkError(code: "ECONNRESET" | "ECONNREFUSED" | "ETIMEDOUT"): Error {
  return Object.assign(new Error(code), { code });
}

import { connect, type TLSSocket } from "node:tls";
import { UserError } from "../domain/errors.ts";
import { EXIT } from "../domain/exit-codes.ts";
import type { Address, Invitation } from "../domain/launcher.ts";
import { messageOf } from "../domain/system-error.ts";
import { DRIVER_NAME } from "./names.ts";
import { tlsOptions } from "./tls.ts";

/** An address gets this much of a start before the next one is tried as well; RFC 8305 advises the same. */
const HEAD_START_MS = 250;
/** One address is tried this long at most. The driver may be busy, and takes its own time out of what it allows callers. */
const HANDSHAKE_MS = 20_000;
/** Where a TCP connection stands, the handshake is waited for so long before the next address is tried. */
const PATIENCE_MS = 2_000;

export interface DialOptions {
  /** Calls it off; then no socket and no timer is left. */
  readonly signal?: AbortSignal;
}

/**
 * Connects to the driver: at the first of its addresses where somebody proves to be the driver.
 *
 * @throws UserError `driver-unreachable`, naming every address and what went wrong there, or `dial-called-off`.
 */
export function dial(invitation: Invitation, { signal }: DialOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const calledOff = (): void => reject(dialling.callOff(signal?.reason));
    const settled = (): void => signal?.removeEventListener("abort", calledOff);
    const dialling = new Dialling(invitation, {
      arrived: (socket) => {
        settled();
        resolve(socket);
      },
      failed: (error) => {
        settled();
        reject(error);
      },
    });
    if (signal?.aborted === true) return calledOff();
    signal?.addEventListener("abort", calledOff, { once: true });
    dialling.next();
  });
}

interface DiallingEvents {
  /** Called at most once; so is the other. */
  arrived(socket: TLSSocket): void;
  failed(error: UserError): void;
}

interface Attempt {
  readonly socket: TLSSocket;
  readonly deadline: NodeJS.Timeout;
  /** Runs from when the TCP connection stands; while it runs no further address is tried. */
  patience?: NodeJS.Timeout;
}

/** Attempts at one address after the other, several of which may be under way. */
class Dialling {
  readonly #invitation: Invitation;
  readonly #events: DiallingEvents;
  readonly #attempts = new Set<Attempt>();
  /** By the address's place in the invitation. */
  readonly #failures: string[] = [];
  #tried = 0;
  #headStart: NodeJS.Timeout | undefined;

  constructor(invitation: Invitation, events: DiallingEvents) {
    this.#invitation = invitation;
    this.#events = events;
  }

  /** Tries the next address, unless the driver seems to be found already. */
  next(): void {
    clearTimeout(this.#headStart);
    if ([...this.#attempts].some(({ patience }) => patience !== undefined)) return;
    const place = this.#tried;
    const address = this.#invitation.addresses[place];
    if (address === undefined) {
      if (this.#attempts.size === 0) this.#giveUp();
      return;
    }
    this.#tried++;
    this.#headStart = setTimeout(() => this.next(), HEAD_START_MS);
    this.#try(address, place);
  }

  /** Gives up all attempts, and says so. */
  callOff(cause: unknown): UserError {
    this.#stop();
    return this.#failure("dial-called-off", "given up before the driver was reached", cause);
  }

  #stop(): void {
    clearTimeout(this.#headStart);
    for (const attempt of this.#attempts) {
      this.#forget(attempt);
      attempt.socket.destroy();
    }
  }

  #try({ host, port }: Address, place: number): void {
    const socket = connect({ host, port, ...tlsOptions(this.#invitation.credentials), servername: DRIVER_NAME });
    const deadline = setTimeout(() => socket.destroy(new Error("no answer")), HANDSHAKE_MS);
    const attempt: Attempt = { socket, deadline };
    this.#attempts.add(attempt);
    socket.once("connect", () => {
      if (!this.#attempts.has(attempt)) return;
      attempt.patience = setTimeout(() => {
        delete attempt.patience;
        this.next();
      }, PATIENCE_MS);
    });
    const failed = (error?: Error): void => {
      if (!this.#attempts.has(attempt)) return;
      this.#forget(attempt);
      this.#failures[place] = `${host}:${port}: ${error === undefined ? "it hung up" : describe(error)}`;
      this.next();
    };
    socket.on("error", failed);
    socket.once("close", () => failed());
    socket.once("secureConnect", () => this.#arrived(attempt));
  }

  #arrived(attempt: Attempt): void {
    // Two may arrive in the same moment.
    if (!this.#attempts.has(attempt)) return;
    this.#forget(attempt);
    this.#stop();
    const { socket } = attempt;
    socket.setNoDelay(true);
    this.#events.arrived(socket);
  }

  #forget(attempt: Attempt): void {
    clearTimeout(attempt.deadline);
    clearTimeout(attempt.patience);
    this.#attempts.delete(attempt);
  }

  #giveUp(): void {
    this.#events.failed(this.#failure("driver-unreachable", "the driver cannot be reached"));
  }

  #failure(code: string, what: string, cause?: unknown): UserError {
    // There are gaps where an attempt has not come to its end.
    const failures = Object.values(this.#failures);
    const message = failures.length === 0 ? what : `${what} (${failures.join("; ")})`;
    return new UserError(code, message, { exitCode: EXIT.unfinished, cause });
  }
}

/** A name with several addresses fails with one error for each. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join(", ");
  return messageOf(error);
}

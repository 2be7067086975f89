import { connect, type TLSSocket } from "node:tls";
import { UserError } from "../domain/errors.ts";
import { EXIT } from "../domain/exit-codes.ts";
import type { Address, Invitation } from "../domain/launcher.ts";
import { messageOf } from "../domain/system-error.ts";
import { DRIVER_NAME } from "./names.ts";
import { HANDSHAKE_MS, tlsOptions } from "./tls.ts";

/** An address gets this much of a start before the next one is tried as well; RFC 8305 advises the same. */
const HEAD_START_MS = 250;
/** Where a TCP connection stands, the handshake is waited for so long before the next address is tried. */
const PATIENCE_MS = 2_000;

/**
 * Connects to the driver: at the first of its addresses where somebody proves to be the driver.
 *
 * @throws Error naming every address, and what went wrong there.
 */
export function dial(invitation: Invitation): Promise<TLSSocket> {
  return new Promise((resolve, reject) => new Dialling(invitation, resolve, reject).next());
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
  readonly #resolve: (socket: TLSSocket) => void;
  readonly #reject: (error: Error) => void;
  readonly #attempts = new Set<Attempt>();
  /** By the address's place in the invitation. */
  readonly #failures: string[] = [];
  #tried = 0;
  #headStart: NodeJS.Timeout | undefined;

  constructor(invitation: Invitation, resolve: (socket: TLSSocket) => void, reject: (error: Error) => void) {
    this.#invitation = invitation;
    this.#resolve = resolve;
    this.#reject = reject;
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

  #try({ host, port }: Address, place: number): void {
    const socket = connect({ host, port, ...tlsOptions(this.#invitation.credentials), servername: DRIVER_NAME });
    const deadline = setTimeout(() => socket.destroy(new Error("no answer")), HANDSHAKE_MS);
    const attempt: Attempt = { socket, deadline };
    this.#attempts.add(attempt);
    socket.once("connect", () => {
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
    clearTimeout(this.#headStart);
    this.#forget(attempt);
    for (const other of this.#attempts) {
      this.#forget(other);
      other.socket.destroy();
    }
    const { socket } = attempt;
    socket.setNoDelay(true);
    this.#resolve(socket);
  }

  #forget(attempt: Attempt): void {
    clearTimeout(attempt.deadline);
    clearTimeout(attempt.patience);
    this.#attempts.delete(attempt);
  }

  #giveUp(): void {
    const message = `the driver cannot be reached (${this.#failures.join("; ")})`;
    this.#reject(new UserError("driver-unreachable", message, { exitCode: EXIT.unfinished }));
  }
}

/** A name with several addresses fails with one error for each. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join(", ");
  return messageOf(error);
}

import type { KvsAddress } from "./address.ts";
import type { KeyValues } from "./key-values.ts";
import type { KvsLimits } from "./limits.ts";

/** Told in lines what a server has to say. */
export interface KvsLog {
  /** What somebody has to hear of: a client that is not served, a limit that is reached. */
  warning(line: string): void;
  info(line: string): void;
}

/** How a server listens. */
export interface KvsServerSettings {
  /** A name or address to listen at; the loopback as a rule. */
  readonly host: string;
  /** 0 for any. */
  readonly port: number;
  /** Serves whoever calls, other users and other hosts, too. */
  readonly open: boolean;
  readonly limits?: KvsLimits | undefined;
  readonly log: KvsLog;
}

/** A key-value server that listens. */
export class KvsServer {
  /** Where programs find it. */
  readonly address: KvsAddress;
  /** Its values, for this process. Limits do not hold for it. */
  readonly local: KeyValues;
  /** Resolves when it listens no more, with the reason: a client that has sent `down`, or `close()`. */
  readonly closed: Promise<string>;

  private constructor(address: KvsAddress, local: KeyValues, closed: Promise<string>) {
    this.address = address;
    this.local = local;
    this.closed = closed;
  }

  /** Begins to listen. @throws UserError `kvs-not-listening`. */
  static open(settings: KvsServerSettings): Promise<KvsServer> {
    return Promise.reject(new Error(`not written yet: ${settings.host}`));
  }

  /** Closes all connections, and listens no more. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}

import { hostname } from "node:os";
import { messageOf } from "../../domain/system-error.ts";
import { formatAddress, type KvsAddress } from "../../kvs/address.ts";
import type { KeyValues } from "../../kvs/key-values.ts";
import type { KvsLog, KvsServer } from "../../kvs/server.ts";

/** Where the processes of this machine reach a server that serves no other. */
const LOOPBACK = "127.0.0.1";
/** All addresses of this machine that programs of disBatch can call: its client knows no other. */
const EVERYWHERE = "0.0.0.0";

/** The key-value server of a run, its own or another, ready to be used. */
export interface OpenedValues {
  readonly values: KeyValues;
  /** Where programs find it. */
  readonly address: KvsAddress;
  readonly own: boolean;
  /** How many programs are connected to a server of the run's own. */
  readonly callers: () => number;
  /** How many had sent something there, and closed before anybody could tell whose they were: it is not taken. */
  readonly lostCallers: () => number;
  /** Ends the use of it, and the server itself if it is the run's own. */
  close(): Promise<void>;
}

/** @throws UserError `kvs-unreachable`. */
export async function useServer(address: KvsAddress): Promise<OpenedValues> {
  const { connectKvs } = await import("../../kvs/client.ts");
  const values = await connectKvs(address);
  return { values, address, own: false, callers: () => 0, lostCallers: () => 0, close: () => values.close() };
}

/** How a run's own server is opened. */
export interface OwnServerOptions {
  /** Serves other hosts and users, too. */
  readonly open: boolean;
  /** Name by which other hosts know this one, where the user has given one. */
  readonly name: string | undefined;
  /** Port of an earlier driver's server, which tasks know. */
  readonly port: number | undefined;
  readonly log: KvsLog;
  /** Told of each caller that is lost. */
  readonly onLost: () => void;
  readonly warn: (message: string) => void;
}

/** @throws UserError `kvs-not-listening`. */
export async function openOwnServer({ open, name, port, log, onLost, warn }: OwnServerOptions): Promise<OpenedValues> {
  const { KvsServer: Server } = await import("../../kvs/server.ts");
  const listen = (at: number): Promise<KvsServer> =>
    Server.open({ host: open ? EVERYWHERE : LOOPBACK, port: at, open, log, onLost });
  const server = await listen(port ?? 0).catch((error: unknown) => {
    if (port === undefined) throw error;
    warn(`the key-value server of this run gets another port, which tasks that run do not know: ${messageOf(error)}`);
    return listen(0);
  });
  const address = { host: open ? (name ?? hostname()) : LOOPBACK, port: server.address.port };
  return {
    values: server.local,
    address,
    own: true,
    callers: () => server.callers,
    lostCallers: () => server.lostCallers,
    close: () => server.close(),
  };
}

/** Variables by which programs find a server. */
export function variablesOf(address: KvsAddress): Readonly<Record<string, string>> {
  return {
    KVSSTCP_HOST: address.host,
    KVSSTCP_PORT: String(address.port),
    DISBATCH_KVSSTCP_HOST: formatAddress(address),
  };
}

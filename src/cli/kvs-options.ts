import type { KvsAddress } from "../kvs/address.ts";

/** The options of `disbatch kvs`, of whatever verb. */
export interface KvsOptions {
  readonly server?: KvsAddress;
  /** Seconds. */
  readonly timeout?: number;
  readonly encoding: string;
  readonly json: boolean;
  readonly host?: string;
  readonly port?: number;
  readonly kvsOpen: boolean;
  readonly info?: string;
}

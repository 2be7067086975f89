import type { Client } from "ssh2";
import { Agent } from "./agent.ts";
import { Authentication } from "./authentication.ts";
import { type Carrier, Handshake } from "./handshake.ts";
import { HostGate } from "./host-gate.ts";
import type { HostSettings } from "./host-settings.ts";
import type { SshOptions } from "./session.ts";

/** An authenticated connection to one host: the one that is wanted, or a jump host on the way to it. */
export class Hop {
  readonly settings: HostSettings;
  readonly client: Client;
  /** Whether ports may be forwarded. */
  readonly mayForward: boolean;
  /** Resolves with why the connection ended. */
  readonly ended: Promise<string>;
  readonly #handshake: Handshake;

  private constructor(handshake: Handshake, mayForward: boolean) {
    this.settings = handshake.settings;
    this.client = handshake.client;
    this.ended = handshake.ended;
    this.#handshake = handshake;
    this.mayForward = mayForward;
  }

  /** Checks the host's key and logs in over something that is connected already; ends that when it fails. @throws SshError */
  static async over(carrier: Carrier, settings: HostSettings, options: SshOptions): Promise<Hop> {
    const agent = settings.agent === undefined ? undefined : new Agent(settings.agent);
    const handshake = new Handshake(carrier, settings, agent);
    try {
      const address = "remoteAddress" in carrier ? carrier.remoteAddress : undefined;
      const [gate, authentication] = await Promise.all([
        HostGate.prepare(settings, address, options.warn),
        Authentication.prepare(settings, agent),
      ]);
      await handshake.run(gate, authentication, options.signal);
      return new Hop(handshake, gate.mayForward);
    } catch (error) {
      handshake.close();
      throw error;
    }
  }

  close(): void {
    this.#handshake.close();
  }
}

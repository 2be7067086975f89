import type { Socket } from "node:net";
import ssh2, { type Client, type ClientChannel, type ConnectConfig } from "ssh2";
import { errnoText } from "../../domain/system-error.ts";
import type { Agent } from "./agent.ts";
import type { Authentication } from "./authentication.ts";
import type { HostGate } from "./host-gate.ts";
import type { HostSettings } from "./host-settings.ts";
import { keepaliveOf } from "./keepalive.ts";
import { connectLimit, LOGIN_LIMIT, seconds, waitFor } from "./limits.ts";
import { networkFailure, noAnswer } from "./network-failure.ts";
import { NoCommonAlgorithm, SshError } from "./session.ts";

/** What carries a connection: a socket, or a channel through another host. */
export type Carrier = Socket | ClientChannel;

/** One connection, from its first byte to its last. */
export class Handshake {
  readonly settings: HostSettings;
  readonly client: Client = new ssh2.Client();
  readonly carrier: Carrier;
  readonly agent: Agent | undefined;
  readonly ended: Promise<string>;
  /** What went wrong last. */
  #error: Error | undefined;
  #hasAgreed = false;
  #isClosed = false;

  constructor(carrier: Carrier, settings: HostSettings, agent: Agent | undefined) {
    this.carrier = carrier;
    this.settings = settings;
    this.agent = agent;
    // The library goes on with the next key when an agent does not sign.
    this.client.on("error", (error) => (this.#error = error.level === "agent" ? this.#error : error));
    carrier.on("error", () => undefined);
    const closed = new Promise<void>((resolve) => {
      this.client.once("close", resolve);
      // The library does not look whether the host has hung up before it begins.
      carrier.once("close", resolve);
    });
    this.ended = closed.then(() => (this.#isClosed ? "the connection was closed" : whyEnded(this.#error)));
  }

  /** Resolves when the host is the right one and the user is logged in. @throws SshError */
  async run(gate: HostGate, authentication: Authentication, signal: AbortSignal): Promise<void> {
    const { settings } = this;
    const patience = connectLimit(settings);
    const late = (): SshError => noAnswer(settings, seconds(patience));
    const failed = this.ended.then(() => Promise.reject(this.#failure(gate, authentication)));
    // Whoever waits for either of the two below hears of it.
    failed.catch(() => undefined);
    const agreed = new Promise<void>((resolve) => this.client.once("handshake", () => resolve()));
    const ready = new Promise<void>((resolve) => this.client.once("ready", () => resolve()));
    this.client.connect(configOf(settings, this.carrier, gate, authentication));
    await waitFor(Promise.race([agreed, failed]), { signal, patience, late }, () => this.close());
    this.#hasAgreed = true;
    const limits = {
      signal,
      patience: LOGIN_LIMIT,
      late: () => authentication.failure(`nothing for ${seconds(LOGIN_LIMIT)}`),
    };
    await waitFor(Promise.race([ready, failed]), limits, () => this.close());
  }

  close(): void {
    this.#isClosed = true;
    this.agent?.close();
    this.client.end();
    this.carrier.destroy();
  }

  #failure(gate: HostGate, authentication: Authentication): SshError {
    if (gate.refusal !== undefined) return gate.refusal;
    const error = this.#error;
    if (this.#hasAgreed) return authentication.failure(isOutOfKeys(error) ? undefined : whyEnded(error));
    const { settings } = this;
    const { destination } = settings;
    if (/no matching/.test(error?.message ?? "")) {
      const missing = (error?.message ?? "").replace(/^.*no matching/, "no common");
      const cause = new NoCommonAlgorithm(error?.message);
      return new SshError("ssh-failed", `${destination}: ${missing} (try --ssh-transport openssh)`, cause);
    }
    if (error !== undefined && errorLevel(error) === "client-socket") return networkFailure(settings, error);
    return new SshError("ssh-failed", `${destination}: no SSH connection: ${whyEnded(error)}`, error);
  }
}

const HUNG_UP = "the host closed the connection";

function whyEnded(error: Error | undefined): string {
  return error === undefined ? HUNG_UP : errnoText(error);
}

/** Whether the library has tried everything, rather than the host having hung up. */
function isOutOfKeys(error: Error | undefined): boolean {
  return error !== undefined && errorLevel(error) === "client-authentication";
}

function errorLevel(error: Error): unknown {
  return "level" in error ? error.level : undefined;
}

function configOf(
  settings: HostSettings,
  carrier: Carrier,
  gate: HostGate,
  authentication: Authentication,
): ConnectConfig {
  const { interval, countMax } = keepaliveOf(settings);
  return {
    sock: carrier,
    username: settings.user,
    // Time is kept by those who wait.
    readyTimeout: 0,
    keepaliveInterval: interval * 1000,
    keepaliveCountMax: countMax,
    algorithms: {
      serverHostKey: gate.algorithms(),
      compress: settings.compression ? ["zlib@openssh.com", "none"] : ["none"],
    },
    hostVerifier: (key: Buffer, answer: (isAccepted: boolean) => void) => void gate.check(key).then(answer),
    authHandler: (methods) => authentication.next(methods),
  };
}

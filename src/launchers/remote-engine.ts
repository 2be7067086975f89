import type { Address, EngineProcess, Invitation, Invite } from "../domain/launcher.ts";
import type { SshEnd, SshSession } from "../ssh/session.ts";
import { COMMAND_LINE } from "./bootstrap-script.ts";
import { bootstrap, type BootstrapOptions } from "./bootstrap.ts";
import { Dialogue } from "./dialogue.ts";
import { endEngine } from "./end-engine.ts";
import { tell, type UninvitedSpec, wrapLogOf } from "./engine-starter.ts";
import { within } from "./time-limit.ts";
import { WrapLog } from "./wrap-log.ts";

/** Ending an engine takes two seconds at the most where it runs; the rest is for getting there. */
const KILL_MS = 10_000;
/** Address that a forwarded port of the other host is called at. */
const LOOPBACK = "127.0.0.1";

export interface RemoteEngineOptions {
  readonly spec: UninvitedSpec;
  /** What SSH is told to connect to. */
  readonly destination: string;
  readonly open: (signal: AbortSignal) => Promise<SshSession>;
  readonly invite: Invite;
  readonly bootstrap: BootstrapOptions;
}

/**
 * One engine process on another host, and the SSH connection it hangs on.
 *
 *     opening ──► starting ──► running ──► (leftovers are ended) ──► over
 *        └───────────┴── killed ──┴──────────────────────────────────► over
 */
export class RemoteEngine implements EngineProcess {
  readonly id: string;
  readonly node: string;
  readonly ended: Promise<string | undefined>;
  readonly #options: RemoteEngineOptions;
  readonly #log: WrapLog;
  /** Aborted when nothing of it is wanted any more. */
  readonly #giveUp = new AbortController();
  /** Ends the engine and its tasks where they run, once however often it is asked; missing while there are none. */
  #endAll: (() => Promise<void>) | undefined;
  #kill: Promise<void> | undefined;

  constructor(options: RemoteEngineOptions) {
    this.#options = options;
    this.id = options.spec.engineId;
    this.node = options.spec.node;
    this.#log = new WrapLog(wrapLogOf(options.spec));
    this.ended = this.#run();
  }

  kill(): Promise<void> {
    this.#kill ??= this.#endNow();
    return this.#kill;
  }

  async #endNow(): Promise<void> {
    const over = this.#endAll?.().then(() => this.ended);
    if (over !== undefined) await within(KILL_MS, over);
    this.#giveUp.abort();
    await this.ended;
  }

  /** Resolves with why it ended, unless that was well; never fails. */
  async #run(): Promise<string | undefined> {
    const { signal } = this.#giveUp;
    const killed = new Promise<string>((resolve) => {
      signal.addEventListener("abort", () => resolve("it has been ended"), { once: true });
    });
    const opening = this.#options.open(signal);
    const life = opening.then((session) => (signal.aborted ? undefined : this.#live(session)));
    const reason = await Promise.race([killed, life.catch((error: unknown) => this.#withoutName(describe(error)))]);
    // Also when it is opened only now.
    opening.then((session) => session.close()).catch(() => undefined);
    this.#endAll = undefined;
    return reason;
  }

  async #live(session: SshSession): Promise<string | undefined> {
    const { spec, invite } = this.#options;
    const invitation = inviteOver(session, invite, (note) => this.#log.write(`${note}\n`));
    // Whoever awaits it hears of its failure, if it comes to that.
    invitation.catch(() => undefined);
    const channel = await session.exec(COMMAND_LINE);
    const remote = await bootstrap(session, new Dialogue(channel, this.#log), this.#options.bootstrap);
    // What was said until now was the login's.
    this.#log.lastWords();
    const endAll = once(() => endEngine(session, spec.engineId, remote).catch(() => undefined));
    this.#endAll = endAll;
    void tell(channel.stdin, spec, invitation);
    const end = await channel.ended;
    // Tasks outlive an engine that has died; where only the connection is lost, the engine lives.
    const died = end.type === "killed" || (end.type === "exited" && end.code !== 0);
    if (died || this.#kill !== undefined) await within(KILL_MS, endAll());
    return this.#reasonOf(end);
  }

  #reasonOf(end: SshEnd): string | undefined {
    switch (end.type) {
      case "exited":
        return end.code === 0 ? undefined : this.#lastWords(`exit code ${end.code}`);
      case "killed":
        return this.#lastWords(`SIG${end.signal.replace(/^SIG/, "")}`);
      case "lost":
        return end.reason;
      default:
        return end satisfies never;
    }
  }

  /** Whoever is told why is told of which host already. */
  #withoutName(message: string): string {
    const name = `${this.#options.destination}: `;
    return message.startsWith(name) ? message.slice(name.length) : message;
  }

  #lastWords(how: string): string {
    const words = this.#log.lastWords();
    return words === undefined ? `it ended with ${how}` : `${words} (see ${this.#log.path})`;
  }
}

/** The invitation for an engine on another host; where the user leaves it to us, a forwarded port is the last resort. */
async function inviteOver(session: SshSession, invite: Invite, note: (text: string) => void): Promise<Invitation> {
  const invitation = await invite("elsewhere");
  if (invitation.noForwarding === true) return invitation;
  const forwarded = await forward(session, await invite("here"), note);
  return { ...invitation, addresses: [...invitation.addresses, ...forwarded] };
}

async function forward(
  session: SshSession,
  { addresses: [here] }: Invitation,
  note: (text: string) => void,
): Promise<Address[]> {
  if (here === undefined) return [];
  try {
    return [{ host: LOOPBACK, port: await session.forward(here) }];
  } catch (error) {
    note(`no port can be forwarded: ${describe(error)}`);
    return [];
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Does it when first asked to. */
function once<T>(action: () => T): () => T {
  let result: { readonly value: T } | undefined;
  return () => (result ??= { value: action() }).value;
}

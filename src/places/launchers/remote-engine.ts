import { UserError } from "../../domain/errors.ts";
import type { Address, EngineProcess, Invitation, Invite, ProcessEnd } from "../../domain/launcher.ts";
import { within } from "../../domain/time-limit.ts";
import { messageOf } from "../../domain/system-error.ts";
import { LOGIN_LIMIT, seconds } from "../ssh/limits.ts";
import type { SshChannel, SshEnd, SshSession } from "../ssh/session.ts";
import { COMMAND_LINE } from "./bootstrap-script.ts";
import { bootstrap, type BootstrapOptions, type BootedEngine } from "./bootstrap.ts";
import { Dialogue } from "./dialogue.ts";
import { END_MS, endEngine, endEngineAnew } from "./end-engine.ts";
import { tell, type UninvitedSpec, wrapLogOf } from "./engine-starter.ts";
import { WrapLog } from "./wrap-log.ts";

/** A host that forwards a port says so at once; without one the engine may still find its driver. */
const FORWARD_MS = 10_000;
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
 *
 * Where the connection is lost, it is over here and goes on there: nothing more is heard of the process, and a kill tries
 * once more, with a new connection.
 */
export class RemoteEngine implements EngineProcess {
  readonly id: string;
  readonly node: string;
  readonly slots: number;
  readonly ended: Promise<ProcessEnd>;
  readonly #options: RemoteEngineOptions;
  readonly #log: WrapLog;
  /** Aborted when nothing of it is wanted any more. */
  readonly #giveUp = new AbortController();
  /** Ends the engine and its tasks where they run, once however often it is asked; missing while there are none. */
  #endAll: (() => Promise<void>) | undefined;
  /** What may still run there, as far as it is known. */
  #left: BootedEngine | undefined;
  #kill: Promise<boolean> | undefined;

  constructor(options: RemoteEngineOptions) {
    this.#options = options;
    this.id = options.spec.engineId;
    this.node = options.spec.node;
    this.slots = options.spec.slots;
    this.#log = new WrapLog(wrapLogOf(options.spec));
    this.ended = this.#run();
  }

  kill(): Promise<boolean> {
    this.#kill ??= this.#endNow();
    return this.#kill;
  }

  async #endNow(): Promise<boolean> {
    const over = this.#endAll?.().then(() => this.ended);
    const isAnswered = over === undefined || (await within(END_MS, over));
    this.#giveUp.abort();
    await this.ended;
    if (this.#left === undefined) return true;
    // A host that does not answer over one connection will not over another.
    return isAnswered && endEngineAnew(this.#options.open, this.id, this.#left);
  }

  /** Never fails. */
  async #run(): Promise<ProcessEnd> {
    const { signal } = this.#giveUp;
    const killed = new Promise<ProcessEnd>((resolve) => {
      const end = (): void => resolve({ certain: this.#left === undefined, reason: "it has been ended" });
      signal.addEventListener("abort", end, { once: true });
    });
    const opening = this.#options.open(signal);
    const life = opening.then((session) => this.#live(session));
    // Until the engine has been told what to do, nothing of it stays there.
    const failed = (error: unknown): ProcessEnd => ({ certain: true, reason: this.#withoutName(messageOf(error)) });
    const end = await Promise.race([killed, life.catch(failed)]);
    // Also when it is opened only now.
    opening.then((session) => session.close()).catch(() => undefined);
    this.#endAll = undefined;
    return end;
  }

  async #live(session: SshSession): Promise<ProcessEnd> {
    // It ends by itself when it is told nothing.
    const unwanted: ProcessEnd = { certain: true };
    if (this.#giveUp.signal.aborted) return unwanted;
    const { spec, invite } = this.#options;
    const invitation = inviteOver(session, invite, (note) => this.#log.write(`${note}\n`));
    // Whoever awaits it hears of its failure, if it comes to that.
    invitation.catch(() => undefined);
    const channel = await this.#begin(session);
    const remote = await bootstrap(session, new Dialogue(channel, this.#log), this.#options.bootstrap);
    if (this.#giveUp.signal.aborted) return unwanted;
    // What was said until now was the login's.
    this.#log.lastWords();
    this.#left = remote;
    const endAll = once(async () => {
      if (await endEngine(session, spec.engineId, remote).catch(() => false)) this.#left = undefined;
    });
    this.#endAll = endAll;
    void tell(channel.stdin, spec, invitation);
    const end = await channel.ended;
    const isWell = end.type === "exited" && end.code === 0;
    if (isWell) this.#left = undefined;
    // Tasks outlive an engine that has died; where only the connection is lost, the engine lives.
    const hasDied = !isWell && end.type !== "lost";
    if (hasDied || this.#kill !== undefined) await within(END_MS, endAll());
    const reason = this.#reasonOf(end);
    // A signal may have ended the shell that waits for the engine, and not the engine.
    const certain = end.type === "exited" || this.#left === undefined;
    return { certain, reason };
  }

  /** @throws UserError when the host takes too long to begin. */
  async #begin(session: SshSession): Promise<SshChannel> {
    const beginning = session.exec(COMMAND_LINE);
    if (await within(LOGIN_LIMIT, beginning)) return beginning;
    const advice = `try "ssh ${this.#options.destination} true"`;
    throw new UserError("no-answer", `nothing has been started there for ${seconds(LOGIN_LIMIT)}; ${advice}`);
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
    const forwarding = session.forward(here);
    // A port that comes later leads here as well, and nobody knows of it.
    if (await within(FORWARD_MS, forwarding)) return [{ host: LOOPBACK, port: await forwarding }];
    note(`no port can be forwarded: no answer for ${seconds(FORWARD_MS)}`);
    return [];
  } catch (error) {
    note(`no port can be forwarded: ${messageOf(error)}`);
    return [];
  }
}

/** Does it when first asked to. */
function once<T>(action: () => T): () => T {
  let result: { readonly value: T } | undefined;
  return () => (result ??= { value: action() }).value;
}

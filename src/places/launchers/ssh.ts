import pLimit, { type LimitFunction } from "p-limit";
import type { NodeSlots } from "../../domain/engine.ts";
import type { EngineTerms } from "../../domain/engine-terms.ts";
import type { EngineProcess, Invite } from "../../domain/launcher.ts";
import type { SshSession } from "../ssh/session.ts";
import { outOfReach } from "./adopted-engine.ts";
import { type EngineStarter, type KnownEngine, specify } from "./engine-starter.ts";
import { type ShippedProgram, ProgramHere } from "./program-here.ts";
import { RemoteEngine } from "./remote-engine.ts";

export interface SshStarterOptions {
  readonly terms: EngineTerms;
  /** Opens a connection; gives up when the signal says so. @throws SshError */
  readonly openSession: (destination: string, signal: AbortSignal) => Promise<SshSession>;
  /** How many connections are being opened at a time. */
  readonly parallel: number;
  readonly program: ShippedProgram;
  /** Tells the user something, in one line. */
  readonly say: (message: string) => void;
}

/** Starts engine processes on other hosts, one SSH connection each. */
export class SshStarter implements EngineStarter {
  readonly #options: SshStarterOptions;
  readonly #program: ProgramHere;
  readonly #limit: LimitFunction;

  constructor(options: SshStarterOptions) {
    this.#options = options;
    this.#program = new ProgramHere(options.program);
    this.#limit = pLimit(options.parallel);
  }

  start(label: string, node: NodeSlots, invite: Invite, id?: string): EngineProcess {
    const { openSession, say, terms } = this.#options;
    const destination = node.destination ?? node.node;
    return new RemoteEngine({
      spec: specify(terms, label, node, id),
      destination,
      open: (signal) =>
        this.#limit(() => {
          // Its turn may come when nobody wants it any more.
          signal.throwIfAborted();
          return openSession(destination, signal);
        }),
      invite,
      bootstrap: { node: node.node, folder: terms.cwd, program: this.#program, say },
    });
  }
  /**
   * Nothing is known of it but its own process id there, which is not the one to end it by, and the host may be another of the
   * same name. It calls by itself, or ends with its lease.
   */
  adopt(_label: string, node: NodeSlots, { id }: KnownEngine): EngineProcess {
    return outOfReach(node, id);
  }
}

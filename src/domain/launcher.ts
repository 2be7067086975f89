import type { Context, Engine, NodeSlots } from "./engine.ts";

/** A private key with its certificate, and the authority that the other side's certificate must come from; all PEM. */
export interface Credentials {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Where something listens for TCP connections. */
export interface Address {
  /** Name or IP address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** What an engine needs to find and join its driver. Secret: it travels over pipes, never in arguments or environments. */
export interface Invitation {
  /** Addresses to try in this order, each a moment after the one before. */
  readonly addresses: readonly Address[];
  readonly credentials: Credentials;
  /** Whether the user has named the address to call: then no other way is tried, such as a port that SSH forwards. */
  readonly noForwarding?: true;
}

/** An engine process as its launcher sees it. */
export interface EngineProcess {
  /** The id that the engine will name when it joins. */
  readonly id: string;
  readonly node: string;
  /** Resolves when the process has ended, or nothing more can be heard of it. */
  readonly ended: Promise<ProcessEnd>;
  /** Resolves when an end that was uncertain has become certain, and its tasks have been ended; missing where that never is. */
  readonly confirmed?: Promise<void>;
  /** Slots that the engine has been given. */
  readonly slots: number;
  /**
   * Ends the engine and every process of its tasks: TERM, and KILL right after it.
   *
   * @returns false when it is not known whether they have ended, since their host cannot be reached.
   */
  kill(): Promise<boolean>;
}

/** How the process of an engine ended, as far as its launcher can tell. */
export interface ProcessEnd {
  /** Whether the process has ended. False when it may go on, since only the connection to it is lost. */
  readonly certain: boolean;
  /** Why it ended, in words; missing when it ended well. */
  readonly reason?: string | undefined;
  /** Whether the user has had the engine ended, so that nothing that it ran is why. */
  readonly wanted?: true;
  /** Exit code of the process, as a shell shows it; missing where there is none to be seen. */
  readonly code?: number;
}

/** An engine process that has been killed is reported as ended within this time, in milliseconds. */
export const REASON_MS = 1_000;

/** Where an engine calls its driver from: the driver's own machine, or another. */
export type CallsFrom = "here" | "elsewhere";

/** Invites engines. Asked while they are starting; should it fail, whoever started them ends them. */
export type Invite = (from: CallsFrom) => Promise<Invitation>;

/** Starts the engines of one context. */
export interface Launcher {
  readonly context: Context;
  /**
   * Starts an engine on one of the context's nodes, also in place of one that has ended.
   *
   * @returns undefined when none can be started there any more.
   */
  start(node: NodeSlots, invite: Invite): EngineProcess | undefined;
  /** Takes up an engine that an earlier driver of the same run has started on this node. */
  adopt(node: NodeSlots, engine: Pick<Engine, "id" | "pid">): EngineProcess;
  /** Takes note that an engine of this launcher is no more, and that none is going to be started in its place. */
  over?(engine: EngineProcess, node: NodeSlots): void;
}

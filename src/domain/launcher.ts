import type { Context } from "./engine.ts";

/** A private key with its certificate, and the authority that the other side's certificate must come from; all PEM. */
export interface Credentials {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** What an engine needs to find and join its driver. Secret: it travels over pipes, never in arguments or environments. */
export interface Invitation {
  /** Tried in this order. */
  readonly addresses: ReadonlyArray<{ readonly host: string; readonly port: number }>;
  readonly credentials: Credentials;
}

/** An engine process as its launcher sees it. */
export interface EngineProcess {
  /** The id that the engine will name when it joins. */
  readonly id: string;
  readonly node: string;
  /** Resolves when the process has ended, with the reason unless it ended well. */
  readonly ended: Promise<string | undefined>;
  /** Ends it and every process of its tasks: TERM, and KILL right after it. */
  kill(): Promise<void>;
}

/** Starts the engines of one context. */
export interface Launcher {
  readonly context: Context;
  /** @param invitation comes while the processes are starting; should it fail, the processes are killed by the caller. */
  launch(invitation: Promise<Invitation>): readonly EngineProcess[];
}

import type { KvsAddress } from "../../kvs/address.ts";
import type { SignIn } from "../../tasks/kvs/sign-in.ts";

/** What a driver leaves of a run's key-value server for the next driver of the run. */
export interface KvsState extends KvsAddress {
  /** The server is the run's own. */
  readonly own: boolean;
  /** By which all processes of the task command are found. */
  readonly mark: string;
  /** The task command has ended, and well: it has nothing more to say. */
  readonly commandEnded: boolean;
  /** How the program that submits tasks has signed in. */
  readonly signIn?: SignIn | undefined;
  /** Ids of tasks and barriers of which the server has been told, as first and last of ranges. */
  readonly delivered: ReadonlyArray<readonly [first: number, last: number]>;
}

import { decodeBytes } from "../../domain/bytes.ts";
import { UserError } from "../../domain/errors.ts";
import type { KeyValues, KvsValue } from "../../kvs/key-values.ts";

/** How a program that submits tasks by a key-value server has named itself and its keys. Bytes as text. */
export interface SignIn {
  readonly name: string;
  /** The line that means that there are no more tasks. */
  readonly doneTask: string;
  /** Results stand under keys that begin with this one. */
  readonly resultKey: string;
  /** Lines arrive under this key. */
  readonly taskKey: string;
}

/** The keys under which a program signs in, in the order in which they are taken. */
const KEYS = ["task source name", "task source done task", "task source result key", "task source task key"] as const;

/**
 * Waits until a program has signed in, and takes what it has put.
 *
 * @throws UserError `value-is-pickle`; whatever `get` rejects with.
 */
export async function takeSignIn(values: KeyValues, signal: AbortSignal): Promise<SignIn> {
  // All four are there before the first is taken: a driver that is killed while a program signs in has taken nothing.
  for (const key of KEYS) await values.view(key, signal);
  const taken: string[] = [];
  for (const key of KEYS) taken.push(textOf(await values.get(key, signal), key));
  const [name = "", doneTask = "", resultKey = "", taskKey = ""] = taken;
  return { name, doneTask, resultKey, taskKey };
}

/**
 * The text of a value, bytes as text.
 *
 * @param key where it stood, for the message.
 * @throws UserError `value-is-pickle`: nobody is to interpret what a stranger may have pickled.
 */
export function textOf({ encoding, bytes }: KvsValue, key: string): string {
  if (encoding !== "PYPK") return decodeBytes(bytes);
  const message = `the value under the key '${key}' is a Python pickle: put it as text, as in kvs.put(key, value, False)`;
  throw new UserError("value-is-pickle", message);
}

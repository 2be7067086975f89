import { readFile } from "node:fs/promises";
import ssh2, { type ParsedKey } from "ssh2";
import { errnoOf, errnoText } from "../../domain/system-error.ts";
import { openPartOf } from "./open-part.ts";

/** An identity file, as far as it goes. */
export interface KeyFile {
  readonly file: string;
  /** The public key as it goes over the wire; undefined when nothing tells. */
  readonly publicKey: Buffer | undefined;
  /** The private key; undefined when it cannot be used as it is. */
  readonly privateKey: ParsedKey | undefined;
  /** Why there is no private key, when the user ought to know. */
  readonly problem: "passphrase" | { readonly words: string } | undefined;
}

/** Reads an identity file and what stands beside it; undefined when there is neither. */
export async function readKeyFile(file: string): Promise<KeyFile | undefined> {
  const [publicText, privateText] = await Promise.all([textOf(`${file}.pub`), textOf(file)]);
  // An identity file may be a public key, whose private one an agent holds.
  const beside = publicKeyIn(publicText) ?? publicKeyIn(privateText);
  if (typeof privateText === "object") {
    const isMissing = privateText.errno === "ENOENT";
    if (isMissing && beside === undefined) return undefined;
    const problem = isMissing ? undefined : { words: `cannot be read: ${privateText.words}` };
    return { file, publicKey: beside, privateKey: undefined, problem };
  }
  const privateKey = firstOf(ssh2.utils.parseKey(privateText));
  if (privateKey instanceof Error) {
    const publicKey = beside ?? openPartOf(privateText);
    const isLocked = /encrypted/i.test(privateKey.message);
    const problem = isLocked ? "passphrase" : { words: `cannot be used: ${privateKey.message}` };
    return { file, publicKey, privateKey: undefined, problem };
  }
  const publicKey = privateKey.getPublicSSH();
  return { file, publicKey, privateKey: privateKey.isPrivateKey() ? privateKey : undefined, problem: undefined };
}

interface Unreadable {
  readonly errno: string | undefined;
  readonly words: string;
}

async function textOf(file: string): Promise<string | Unreadable> {
  try {
    return await readFile(file, "latin1");
  } catch (error) {
    return { errno: errnoOf(error), words: errnoText(error) };
  }
}

function publicKeyIn(text: string | Unreadable): Buffer | undefined {
  if (typeof text === "object") return undefined;
  const key = firstOf(ssh2.utils.parseKey(text));
  return key instanceof Error ? undefined : key.getPublicSSH();
}

/** The library answers with a list where a file may hold several keys. */
function firstOf(parsed: ParsedKey | Error | readonly ParsedKey[]): ParsedKey | Error {
  if (!isList(parsed)) return parsed;
  return parsed[0] ?? new Error("it holds no key");
}

function isList(parsed: ParsedKey | Error | readonly ParsedKey[]): parsed is readonly ParsedKey[] {
  return Array.isArray(parsed);
}

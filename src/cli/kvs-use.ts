import { buffer } from "node:stream/consumers";
import { UserError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { messageOf } from "../domain/system-error.ts";
import { formatDump } from "../faces/terminal/kvs-dump.ts";
import type { KvsAddress } from "../kvs/address.ts";
import type { KvsValue } from "../kvs/key-values.ts";
import { Link } from "../kvs/link.ts";
import { readDump } from "../kvs/read-dump.ts";
import { readServerAddress } from "./option-values.ts";
import type { KvsOptions } from "./kvs-options.ts";
import { print, show } from "./standard-output.ts";

/** What can be done with a server. */
export type KvsUse = "get" | "put" | "view" | "dump" | "monitor" | "shutdown";

/** Stands for standard input. */
const STDIN = "-";

/** Does one thing with a server. @throws UserError; with exit code 3 where the server cannot be reached, or a time is over. */
export async function useKvs(verb: KvsUse, operands: readonly string[], options: KvsOptions): Promise<ExitCode> {
  const address = options.server ?? serverOf(process.env);
  const [key = "", second = ""] = operands;
  // Read before the server is called, which would have to wait for it.
  const bytes = verb === "put" ? await valueOf(second) : new Uint8Array();
  const link = await Link.open(address);
  try {
    return await use(link, verb, key, { second, bytes }, options);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError("kvs-lost", messageOf(error), { exitCode: EXIT.unfinished, cause: error });
  } finally {
    link.destroy();
  }
}

/** What a verb needs beside a key. */
interface Operand {
  readonly second: string;
  readonly bytes: Uint8Array;
}

async function use(link: Link, verb: KvsUse, key: string, operand: Operand, options: KvsOptions): Promise<ExitCode> {
  switch (verb) {
    case "get":
    case "view":
      return printValue(await ask(link, verb, key, options.timeout));
    case "put":
      link.send({ type: "put", key, value: { encoding: options.encoding, bytes: operand.bytes } });
      await link.close();
      return EXIT.done;
    case "monitor":
      link.send({ type: "monitor", monitorKey: key, what: operand.second });
      await link.close();
      return EXIT.done;
    case "dump": {
      const dump = readDump(await link.dump());
      await link.close();
      return show(options.json ? `${JSON.stringify(dump)}\n` : formatDump(dump));
    }
    case "shutdown":
      await link.shutdown();
      return EXIT.done;
    default:
      return verb satisfies never;
  }
}

/** @throws UserError `kvs-timeout`. */
async function ask(link: Link, type: "get" | "view", key: string, seconds: number | undefined): Promise<KvsValue> {
  if (seconds === undefined) return link.ask(type, key);
  const signal = AbortSignal.timeout(seconds * 1000);
  try {
    return await link.ask(type, key, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    const message = `there was no value under ${JSON.stringify(key)} for ${seconds} s`;
    throw new UserError("kvs-timeout", message, { exitCode: EXIT.unfinished, cause: error });
  }
}

/** Prints the bytes as they are; on a terminal, the next prompt begins on a line of its own. */
async function printValue({ bytes }: KvsValue): Promise<ExitCode> {
  const isWholeLine = bytes.length === 0 || bytes.at(-1) === 0x0a;
  const text = Buffer.from(bytes);
  await print(process.stdout.isTTY && !isWholeLine ? Buffer.concat([text, Buffer.from("\n")]) : text);
  return EXIT.done;
}

function valueOf(word: string): Promise<Uint8Array> | Uint8Array {
  return word === STDIN ? buffer(process.stdin) : Buffer.from(word);
}

/** The server that the environment names. @throws UserError `kvs-no-server`, `kvs-bad-address`. */
function serverOf(environment: NodeJS.ProcessEnv): KvsAddress {
  const { KVSSTCP_HOST: host, KVSSTCP_PORT: port, DISBATCH_KVSSTCP_HOST: both } = environment;
  const text = host === undefined || host === "" ? both : port === undefined || port === "" ? host : join(host, port);
  if (text === undefined || text === "") {
    throw new UserError("kvs-no-server", "name a server: --server HOST:PORT, or KVSSTCP_HOST and KVSSTCP_PORT");
  }
  const address = readServerAddress(text);
  if (address !== undefined) return address;
  throw new UserError("kvs-bad-address", `the environment names no server HOST:PORT, but ${JSON.stringify(text)}`);
}

function join(host: string, port: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]:${port}` : `${host}:${port}`;
}

import { resolve } from "node:path";
import { UserError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { printable } from "../domain/printable.ts";
import { SecretFile } from "../files/secret-file.ts";
import { formatAddress } from "../kvs/address.ts";
import { KvsServer } from "../kvs/server.ts";
import type { KvsOptions } from "./kvs-options.ts";
import { print } from "./standard-output.ts";

const LOOPBACK = "127.0.0.1";
const ANY = "0.0.0.0";

/** Exit codes of the signals that end a server. */
const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;

/**
 * Serves until a client shuts the server down, or a signal comes.
 *
 * @throws UserError `kvs-not-listening`, `kvs-owners-unknown`, `kvs-info-unwritten`.
 */
export async function serveKvs({ host, port = 0, kvsOpen, info }: KvsOptions): Promise<ExitCode> {
  const address = host ?? (kvsOpen ? ANY : LOOPBACK);
  const log = { warning: warn, info: () => undefined };
  const server = await KvsServer.open({ host: address, port, open: kvsOpen, log });
  const where = formatAddress(server.address);
  const signalled = nextSignal();
  const file = info === undefined ? undefined : new SecretFile(resolve(info), refuse);
  const gone = server.closed.then(() => remove(file));
  try {
    file?.write(where);
    if (kvsOpen)
      warn(
        `whoever reaches ${where} can read and put values, and so run commands as you where a run takes tasks from it`,
      );
    await print(`${where}\n`);
    const code = await Promise.race([signalled, gone.then(() => EXIT.done)]);
    return code;
  } finally {
    await server.close();
    // Once: another server may have written the same file by now.
    await gone;
  }
}

function nextSignal(): Promise<ExitCode> {
  return new Promise((done) => {
    process.once("SIGINT", () => done(SIGNALS.SIGINT));
    process.once("SIGTERM", () => done(SIGNALS.SIGTERM));
  });
}

function remove(file: SecretFile | undefined): void {
  const left = file?.remove();
  if (left !== undefined) warn(left);
}

function refuse(why: string): never {
  throw new UserError("kvs-info-unwritten", why);
}

function warn(line: string): void {
  process.stderr.write(`disbatch: warning: ${printable(line)}\n`);
}

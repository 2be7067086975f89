import { fstatSync } from "node:fs";
import { hostname, networkInterfaces, userInfo } from "node:os";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { hasTerminal, REPEATED_MS } from "./signals.ts";
import { print } from "./standard-output.ts";
import { type ServedPage, sshLine, type SshVisit, urlOf, withoutTicket } from "./web-words.ts";

/** Permission bits of those who are not the owner of a file. */
const READ_BY_OTHERS = 0o044;

/** Prints where a page is; how it is brought home goes where messages go. @param again the command that prints a URL of it. */
export async function tellOnTerminal(page: ServedPage, path: string, again: string): Promise<void> {
  const url = urlOf(page, path);
  const isSecret = mayHoldSecrets(1);
  await print(`${isSecret ? url : withoutTicket(url)}\n`);
  if (!isSecret) say(`others can read this output; for a URL that lets you in, on a terminal: ${again}`);
  const line = sshLine(page, thisVisit());
  if (line !== undefined) say(`on the machine that you sit at, before you open it: ${line}`);
}

function say(line: string): void {
  process.stderr.write(`disbatch: ${line}\n`);
}

/** This machine, and how its user has come here. */
export function thisVisit(): SshVisit {
  const addresses = Object.values(networkInterfaces()).flatMap((some) => some?.map(({ address }) => address) ?? []);
  return { connection: process.env["SSH_CONNECTION"], user: userName(), host: hostname(), addresses };
}

function userName(): string {
  const { LOGNAME } = process.env;
  try {
    const { username } = userInfo();
    // The word of a runtime that goes by the environment alone.
    if (username !== "unknown") return username;
  } catch {
    // Nobody has written this user down.
  }
  return LOGNAME ?? (process.getuid?.() === 0 ? "root" : "USER");
}

/** Whether what is written there is read by this user alone: it is no file that others can read. @param fd a standard stream. */
export function mayHoldSecrets(fd: number): boolean {
  try {
    const stats = fstatSync(fd);
    return !stats.isFile() || (stats.mode & READ_BY_OTHERS) === 0;
  } catch {
    return false;
  }
}

/** Resolves to an exit code at the signal that ends a server. A later one ends the process at once, as by default. */
export function signalled(): Promise<ExitCode> {
  return new Promise((resolve) => {
    const endBy = (signal: NodeJS.Signals, code: ExitCode): void => {
      const heard = (): void => {
        resolve(code);
        setTimeout(() => process.off(signal, heard), REPEATED_MS).unref();
      };
      process.on(signal, heard);
    };
    endBy("SIGINT", EXIT.interrupted);
    endBy("SIGTERM", EXIT.terminated);
    // Without a terminal it outlives this: under nohup.
    process.on("SIGHUP", () => {
      if (hasTerminal()) resolve(EXIT.terminated);
    });
  });
}

import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../domain/errors.ts";
import type { CallsFrom, Invitation } from "../domain/launcher.ts";
import { shellWords } from "../domain/shell-words.ts";
import { errnoOf, errnoText } from "../domain/system-error.ts";
import { ForeignFileError, readOwnFile } from "../files/own-file.ts";
import { type Contact, parseContact } from "../wire/contact.ts";
import { dial } from "../wire/dial.ts";
import { DriverLine } from "./driver-line.ts";
import { afterItsDeath } from "../run/files/recover-command.ts";
import { filesByContact, isTaken } from "../run/files/run-files.ts";
import { hasDied, lockHolder } from "../run/files/run-lock.ts";

/** A run says where it can be called within this time after it has begun, and is looked for so often. */
const PATIENCE_MS = 10_000;
const LOOK_AGAIN_MS = 50;
/** A run that takes no more calls has removed its contact file by then. */
const ENDING_MS = 500;

/** Bytes of a contact file; it holds six certificates and keys, and the addresses of one machine. */
const MOST_BYTES = 1 << 20;

/** A run that has been called. */
export interface ReachedRun {
  readonly line: DriverLine;
  /** Whether this machine is the driver's. */
  readonly callsFrom: CallsFrom;
}

/**
 * Calls a run.
 *
 * @param file path of its contact file.
 * @param program the words that start this program.
 * @throws UserError: `no-run` when there is none to be called, `run-unreachable`, `run-is-elsewhere`, `bad-contact`, or
 *   `foreign-contact` when anybody else may have written that file.
 */
export async function reachRun(file: string, program: readonly string[]): Promise<ReachedRun> {
  await untilWritten(file, program);
  const contact = readContact(file, program);
  const callsFrom = contact.host === hostname() ? "here" : "elsewhere";
  const invitation = contact[callsFrom];
  if (invitation === undefined) {
    const message = `the run on ${contact.host} takes no calls from other hosts: do this on ${contact.host}, or start the run with -S or --use-address`;
    throw outOfReach("run-is-elsewhere", message);
  }
  return { line: new DriverLine(await call(invitation, file, program)), callsFrom };
}

async function call(invitation: Invitation, file: string, program: readonly string[]): ReturnType<typeof dial> {
  try {
    return await dial(invitation);
  } catch (error) {
    // It may be ending in this moment.
    await delay(ENDING_MS);
    if (!isTaken(file)) throw noRun();
    const advice = adviceFor(file, program);
    throw outOfReach("run-unreachable", `nobody answers for the run (${errnoText(error)}); ${advice}`, error);
  }
}

/** What to do about a run that does not answer. */
function adviceFor(contact: string, program: readonly string[]): string {
  const { prefix, lock } = filesByContact(contact);
  const whatToDo = afterItsDeath(program, prefix);
  const holder = lockHolder(lock);
  if (holder !== undefined && hasDied(holder, hostname())) {
    return `its driver, process ${holder.pid}, has died; ${whatToDo}`;
  }
  const where = holder === undefined ? "" : ` on ${holder.host}`;
  return `if its driver${where} has died, ${whatToDo}`;
}

/** A run that has begun a moment ago may not have said yet where it can be called. */
async function untilWritten(file: string, program: readonly string[]): Promise<void> {
  const { lock } = filesByContact(file);
  for (let waited = 0; !isTaken(file) && existsSync(lock); waited += LOOK_AGAIN_MS) {
    const holder = lockHolder(lock);
    if (waited >= PATIENCE_MS || (holder !== undefined && hasDied(holder, hostname()))) {
      throw outOfReach("run-unreachable", `the run does not say where it can be called; ${adviceFor(file, program)}`);
    }
    await delay(LOOK_AGAIN_MS);
  }
}

function readContact(file: string, program: readonly string[]): Contact {
  const text = readText(file, program);
  try {
    return parseContact(text);
  } catch (error) {
    const message = `${file} does not say where a run of this version can be called: it is damaged, or of another version`;
    throw outOfReach("bad-contact", message, error);
  }
}

function readText(file: string, program: readonly string[]): string {
  try {
    return readOwnFile(file, MOST_BYTES);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") throw noRun();
    if (error instanceof ForeignFileError) {
      const message = `${file} ${error.why}: it could have you join a run of somebody else's, and is not used`;
      throw outOfReach("foreign-contact", message, error);
    }
    const advice =
      errnoOf(error) === "EACCES"
        ? `; only the user whose run it is can watch and change it; to see what came of its tasks so far: ${shellWords([...program, "report", filesByContact(file).prefix])}`
        : "";
    throw outOfReach("bad-contact", `cannot read ${file}: ${errnoText(error)}${advice}`, error);
  }
}

function noRun(): UserError {
  return outOfReach("no-run", "the run has ended");
}

function outOfReach(code: string, message: string, cause?: unknown): UserError {
  return new UserError(code, message, { cause });
}

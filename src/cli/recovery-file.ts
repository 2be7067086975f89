import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import * as v from "valibot";
import { UserError } from "../domain/errors.ts";
import type { CallsFrom } from "../domain/launcher.ts";
import { errnoOf, errnoText } from "../domain/system-error.ts";
import type { RunCredentials } from "../wire/credentials.ts";

/** Raised when the file changes its meaning. */
const VERSION = 1;

const Whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const CredentialsSchema = v.object({ authority: v.string(), certificate: v.string(), key: v.string() });

const RecoverySchema = v.object({
  version: v.literal(VERSION),
  /** The command line, and the folder where it was given. */
  args: v.array(v.string()),
  cwd: v.string(),
  /** Host name and process id of the driver that began the run. */
  host: v.string(),
  pid: Whole,
  /** Of the machine, since it was started last; empty where that cannot be known. */
  bootId: v.string(),
  /** Sizes of the records when the run began, in bytes. */
  statusFrom: Whole,
  journalFrom: Whole,
  /** Variables that tasks get on every engine. */
  environment: v.record(v.string(), v.string()),
  credentials: v.object({ driver: CredentialsSchema, engine: CredentialsSchema, controller: CredentialsSchema }),
  /** Where engines call. */
  ports: v.object({ here: v.exactOptional(Whole), elsewhere: v.exactOptional(Whole) }),
});

/** All that a driver has to know to take up a run whose driver has died. Secret: it holds the run's certificates. */
export interface Recovery {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly host: string;
  readonly pid: number;
  readonly bootId: string;
  readonly statusFrom: number;
  readonly journalFrom: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly credentials: RunCredentials;
  readonly ports: Ports;
}

/** Ports that the driver listens on. */
export type Ports = Readonly<Partial<Record<CallsFrom, number>>>;

/** Keeps what a recovery needs, for as long as the run goes on. */
export class RecoveryFile {
  readonly #path: string;
  readonly #warn: (message: string) => void;
  #removed = false;

  /** @param warn told when it cannot be written. */
  constructor(path: string, warn: (message: string) => void) {
    this.#path = path;
    this.#warn = warn;
  }

  /** Whoever reads it meanwhile finds the old one or the new one, never half of one. */
  write(recovery: Recovery): void {
    if (this.#removed) return;
    const made = `${this.#path}.${process.pid}.tmp`;
    try {
      rmSync(made, { force: true });
      writeFileSync(made, `${JSON.stringify({ version: VERSION, ...recovery })}\n`, { mode: 0o600, flag: "wx" });
      renameSync(made, this.#path);
    } catch (error) {
      rmSync(made, { force: true });
      const message = `${this.#path} cannot be written (${errnoText(error)}): should the driver die, --recover will not work`;
      this.#warn(message);
    }
  }

  remove(): void {
    this.#removed = true;
    rmSync(this.#path, { force: true });
  }
}

/**
 * @param prefix of the run, for messages.
 * @throws UserError `nothing-to-recover`, `recovery-unreadable`.
 */
export function readRecovery(path: string, prefix: string): Recovery {
  try {
    return v.parse(RecoverySchema, JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") {
      const message = `--recover ${prefix}: no run of that prefix was cut off (there is no ${path}); resume one that has ended with -r`;
      throw new UserError("nothing-to-recover", message, { cause: error });
    }
    const why = errnoOf(error) === undefined ? "it is damaged, or of another version" : errnoText(error);
    const message = `--recover ${prefix}: cannot read ${path}: ${why}; resume with -r ${prefix}_status.txt instead`;
    throw new UserError("recovery-unreadable", message, { cause: error });
  }
}

/** Whether the file can be read, and its run's driver was on this host. */
export function isOfThisHost(path: string): boolean {
  try {
    return readRecovery(path, "").host === hostname();
  } catch {
    return false;
  }
}

/** Tells one start of this machine from another; empty where that cannot be known. */
export function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}

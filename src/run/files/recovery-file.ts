import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import * as v from "valibot";
import { UserError } from "../../domain/errors.ts";
import { errnoOf, errnoText } from "../../domain/system-error.ts";
import type { Ports } from "../../core/pool/reception.ts";
import type { KvsState } from "./kvs-state.ts";
import { ForeignFileError, readOwnFile } from "../../files/own-file.ts";
import type { RunCredentials } from "../../wire/credentials.ts";
import { areSound } from "../../wire/sound-credentials.ts";
import { filesOfRun, waysOn } from "./run-files.ts";

/** Raised when the file changes its meaning. */
const VERSION = 1;

const Whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Port = v.pipe(Whole, v.maxValue(65_535));
const CredentialsSchema = v.pipe(
  v.object({ authority: v.string(), certificate: v.string(), key: v.string() }),
  v.check(areSound),
);

/** Bytes; what the system takes for arguments and an environment is 2 MiB, and JSON may make six characters of one. */
const MOST_BYTES = 16 << 20;

const RecoverySchema = v.object({
  version: v.literal(VERSION),
  /** The command line, and the folder where it was given. */
  args: v.array(v.string()),
  cwd: v.string(),
  /** Name of the list of tasks, where a program has given it one. */
  name: v.exactOptional(v.string()),
  /** Host name and process id of the driver that began the run. */
  host: v.string(),
  pid: Whole,
  /** Tells which start of the machine it was; empty where that cannot be known. */
  bootId: v.string(),
  /** Sizes of the records when the run began, in bytes. */
  statusFrom: Whole,
  journalFrom: Whole,
  /** Variables that tasks get on every engine. */
  environment: v.record(v.string(), v.string()),
  credentials: v.object({ driver: CredentialsSchema, engine: CredentialsSchema, controller: CredentialsSchema }),
  /** The Slurm job that the run was part of. */
  slurmJob: v.exactOptional(v.string()),
  /** Where engines call. */
  ports: v.object({ here: v.exactOptional(Port), elsewhere: v.exactOptional(Port) }),
  /** The key-value server, and what the program knows that submits tasks by it. */
  kvs: v.exactOptional(
    v.object({
      own: v.boolean(),
      host: v.string(),
      port: Port,
      mark: v.string(),
      commandEnded: v.boolean(),
      signIn: v.exactOptional(
        v.object({ name: v.string(), doneTask: v.string(), resultKey: v.string(), taskKey: v.string() }),
      ),
      delivered: v.array(v.tuple([Whole, Whole])),
    }),
  ),
});

/** All that a driver has to know to take up a run whose driver has died. Secret: it holds the run's certificates. */
export interface Recovery {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly name?: string;
  readonly host: string;
  readonly pid: number;
  readonly bootId: string;
  readonly statusFrom: number;
  readonly journalFrom: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly credentials: RunCredentials;
  readonly slurmJob?: string;
  readonly ports: Ports;
  readonly kvs?: KvsState;
}

/** The text of a recovery file. */
export function formatRecovery(recovery: Recovery): string {
  return `${JSON.stringify({ version: VERSION, ...recovery })}\n`;
}

/**
 * @param prefix of the run, for messages.
 * @throws UserError `nothing-to-recover`, `recovery-unreadable`, also when anybody else may have written it: what it says is
 *   done.
 */
export function readRecovery(path: string, prefix: string): Recovery {
  try {
    return v.parse(RecoverySchema, JSON.parse(readOwnFile(path, MOST_BYTES)));
  } catch (error) {
    const way = waysOn(filesOfRun(prefix));
    if (errnoOf(error) === "ENOENT") {
      const ended = way === undefined ? "resume one that has ended with -r" : `if it has ended, ${way}`;
      const message = `--recover ${prefix}: no run of that prefix was cut off (there is no ${path}); ${ended}`;
      throw new UserError("nothing-to-recover", message, { cause: error });
    }
    const advice = way === undefined ? "" : `; ${way} instead`;
    throw new UserError("recovery-unreadable", `--recover ${prefix}: ${whyUseless(path, error)}${advice}`, {
      cause: error,
    });
  }
}

function whyUseless(path: string, error: unknown): string {
  if (error instanceof ForeignFileError) return `${path} ${error.why}: what it says would be done in your name`;
  const why = errnoOf(error) === undefined ? "it is damaged, or of another version" : errnoText(error);
  return `cannot read ${path}: ${why}`;
}

/** Whether the file can be read, and its run's driver was on this host. */
export function isOfThisHost(path: string): boolean {
  try {
    return readRecovery(path, "").host === hostname();
  } catch {
    return false;
  }
}

/** The Slurm job that the run was part of, where the file can be read and says so. */
export function slurmJobIn(path: string): string | undefined {
  try {
    return readRecovery(path, "").slurmJob;
  } catch {
    return undefined;
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

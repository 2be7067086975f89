import { UserError } from "../../domain/errors.ts";
import { messageOf } from "../../domain/system-error.ts";
import type { SshSession } from "../ssh/session.ts";
import { linesOfWords, START_SCRIPT } from "./bootstrap-script.ts";
import type { Dialogue } from "./dialogue.ts";
import type { Copy, ProgramHere } from "./program-here.ts";

/** An engine process on another host that waits for what it is to do. */
export interface BootedEngine {
  /** How this program is started there: a file and its first arguments. */
  readonly program: readonly string[];
  /** Process id of the engine, or of a shell that waits for it. */
  readonly pid: number;
  /** What the host calls itself. */
  readonly host: string;
}

export interface BootstrapOptions {
  /** Name of the host, for messages. */
  readonly node: string;
  /** Working folder of the tasks. */
  readonly folder: string;
  readonly program: ProgramHere;
  /** Tells the user something, in one line. */
  readonly say: (message: string) => void;
}

/** Digits of the hash that name a version's folder in the cache. */
const NAME_DIGITS = 32;

/**
 * Has the start script look at a host, find this program there or bring it, and start the engine.
 *
 * @param dialogue with COMMAND_LINE, just begun.
 * @throws UserError saying why the host cannot be used, without its name.
 */
export async function bootstrap(
  session: SshSession,
  dialogue: Dialogue,
  options: BootstrapOptions,
): Promise<BootedEngine> {
  const { folder, program } = options;
  const { command, own } = program;
  for (const path of [folder, ...command]) refuseLineBreak(path);
  dialogue.tell(START_SCRIPT, dialogue.mark, folder, String(own.size), own.path, ...linesOfWords(command));
  let copy: Copy | undefined;
  for (;;) {
    const { word, rest } = await dialogue.answer();
    switch (word) {
      case "absent":
        copy = await copyFor(rest, program);
        dialogue.tell(copy.hash.slice(0, NAME_DIGITS), String(copy.size), copy.hash);
        break;
      case "send":
        if (copy === undefined) throw nonsense(word);
        await send(session, copy, rest, options);
        dialogue.tell("sent");
        break;
      case "engine": {
        const [, pid, host, path = ""] = /^([0-9]+) (\S+) (.*)$/.exec(rest) ?? [];
        if (pid === undefined || host === undefined) throw nonsense(word);
        return { program: path === "" ? command : [path], pid: Number(pid), host };
      }
      case "refused":
        throw refusal(rest, folder);
      default:
        throw nonsense(word);
    }
  }
}

/** The executable, if it can run there. @param absent what the script says: why it is needed, and the kind of machine. */
async function copyFor(absent: string, program: ProgramHere): Promise<Copy> {
  const [, why = "", machine = ""] = /^(\S*) ?(.*)$/.exec(absent) ?? [];
  const what = describeAbsence(why, program);
  if (machine !== program.machine) {
    const message = `${what}, and from ${program.machine} it cannot be copied to ${machine}; install it there by that path`;
    throw new UserError("wrong-machine", message);
  }
  const copy = await program.copy();
  if (copy === undefined) {
    const message = `${what}; use the single executable (dist/disbatch), which is copied, or install it there by that path`;
    throw new UserError("no-program", message);
  }
  return copy;
}

function describeAbsence(why: string, { command: [start], own: { path } }: ProgramHere): string {
  if (why === "other-file") return `there is another version of disbatch at ${path} there`;
  if (why === "no-start" && start !== path) return `there is no ${start} there, which starts disbatch`;
  return `disbatch is not at ${path} there`;
}

/** @param where what the script says: the room there in KiB, if it knows, and the path. */
async function send(session: SshSession, copy: Copy, where: string, options: BootstrapOptions): Promise<void> {
  const [, free, path] = /^([0-9]*) (\/.*)$/.exec(where) ?? [];
  if (free === undefined || path === undefined) throw nonsense("send");
  if (free !== "" && Number(free) * 1024 < copy.size) {
    const message = `no room for disbatch (${megabytes(copy.size)}) in ${path.replace(/\/[^/]*$/, "")} there, where ${megabytes(Number(free) * 1024)} are free`;
    throw new UserError("no-room", `${message}; make some, or set XDG_CACHE_HOME there`);
  }
  options.say(`copying disbatch ${options.program.version} (${megabytes(copy.size)}) to ${options.node}, once`);
  try {
    await session.upload(copy.path, path);
  } catch (error) {
    const reason = messageOf(error);
    throw new UserError("copy-failed", `disbatch cannot be copied: ${reason}`, { cause: error });
  }
}

function refusal(answer: string, folder: string): UserError {
  const [, why = "", text = ""] = /^(\S*) ?(.*)$/s.exec(answer) ?? [];
  switch (why) {
    case "no-folder":
      return new UserError(why, `there is no folder ${folder} there; make it, or name another with --workdir`);
    case "closed-folder":
      return new UserError(why, `the folder ${folder} cannot be entered there; name another with --workdir`);
    case "no-cache":
      return new UserError(why, `disbatch cannot be copied: ${text}; set XDG_CACHE_HOME there`);
    case "no-sum":
      return new UserError(why, "the copy of disbatch cannot be checked there; install sha256sum, shasum or openssl");
    case "wrong-sum":
      return new UserError(why, "the copy of disbatch arrived damaged, and was removed; try again");
    default:
      return nonsense(answer);
  }
}

function refuseLineBreak(path: string): void {
  if (!path.includes("\n")) return;
  const message = `a path with a line break cannot be used on other hosts: ${JSON.stringify(path)}; name another folder with --workdir`;
  throw new UserError("line-break-in-path", message);
}

function nonsense(answer: string): UserError {
  return new UserError(
    "no-answer",
    `what the login there answers makes no sense: ${JSON.stringify(answer.slice(0, 80))}`,
  );
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

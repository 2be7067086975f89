import { within } from "../../domain/time-limit.ts";
import type { SshSession } from "../ssh/session.ts";
import type { EngineEnd } from "../../wire/engine-end.ts";
import { COMMAND_LINE, END_SCRIPT, linesOfWords } from "./bootstrap-script.ts";
import type { BootedEngine } from "./bootstrap.ts";

/** Ending an engine takes two seconds at the most where it runs; the rest of these milliseconds is for getting there. */
export const END_MS = 10_000;

/**
 * Ends an engine process on another host and every process of its tasks.
 *
 * @returns false when the host has not confirmed that it is done, since the connection is lost or leads to another host.
 * @throws SshError when no channel can be opened.
 */
export async function endEngine(session: SshSession, engineId: string, process: BootedEngine): Promise<boolean> {
  const channel = await session.exec(COMMAND_LINE);
  channel.stdout.resume();
  channel.stderr.resume();
  // A host that cannot start it shows that by its end.
  channel.stdin.on("error", () => undefined);
  const { program, pid, host } = process;
  const what: EngineEnd = { engineId, pid };
  channel.stdin.end([END_SCRIPT, host, ...linesOfWords(program), JSON.stringify(what)].join("\n"));
  const end = await channel.ended;
  return end.type === "exited" && end.code === 0;
}

/**
 * Ends an engine over a connection of its own, which is closed again however it goes.
 *
 * @param open opens it; gives up when the signal says so.
 * @returns false when the host has not confirmed it within END_MS.
 */
export async function endEngineAnew(
  open: (signal: AbortSignal) => Promise<SshSession>,
  engineId: string,
  process: BootedEngine,
): Promise<boolean> {
  const giveUp = new AbortController();
  const opening = open(giveUp.signal);
  const ending = opening.then((session) => endEngine(session, engineId, process)).catch(() => false);
  const isInTime = await within(END_MS, ending);
  giveUp.abort();
  // Also when it is opened only now.
  opening.then((session) => session.close()).catch(() => undefined);
  return isInTime && ending;
}

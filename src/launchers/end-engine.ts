import type { SshSession } from "../ssh/session.ts";
import type { EngineEnd } from "../wire/engine-end.ts";
import { COMMAND_LINE, END_SCRIPT, linesOfWords } from "./bootstrap-script.ts";
import type { RemoteProcess } from "./bootstrap.ts";

/**
 * Ends an engine process on another host and every process of its tasks.
 *
 * @returns when that is done, or the connection is lost. @throws SshError when no channel can be opened.
 */
export async function endEngine(session: SshSession, engineId: string, { program, pid }: RemoteProcess): Promise<void> {
  const channel = await session.exec(COMMAND_LINE);
  channel.stdout.resume();
  channel.stderr.resume();
  // A host that cannot start it shows that by its end.
  channel.stdin.on("error", () => undefined);
  const what: EngineEnd = { engineId, pid };
  channel.stdin.end([END_SCRIPT, ...linesOfWords(program), JSON.stringify(what)].join("\n"));
  await channel.ended;
}

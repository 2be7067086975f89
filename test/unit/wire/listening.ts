import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { Credentials } from "../../../src/domain/launcher.ts";
import { until } from "../../support/until.ts";
import { bundle, RUNTIMES } from "../node/process/runtimes.ts";

export const HOST = "127.0.0.1";

/** A listener in a process of its own, which says "welcome" to whom it lets in. */
interface OpenListener {
  readonly port: number;
  readonly pid: number;
  /** How many it has let in. */
  readonly accepted: () => number;
  /** `ADDRESS: WHY` of those whom it has turned away. */
  readonly refused: () => string[];
  /** Has it use up its descriptors, or give them back; resolves when that is done. */
  order(what: "fill" | "empty"): Promise<void>;
}

type OpenListenerOf = (credentials: Credentials, openFiles?: number) => Promise<OpenListener>;

/** A way to open listeners on each runtime. To be called once in a test file. */
export function listenersOnAllRuntimes(): ReadonlyArray<readonly [runtime: string, open: OpenListenerOf]> {
  const script = bundle(new URL("tls-listener.ts", import.meta.url));
  return RUNTIMES.map(([name, runtime]) => [
    name,
    (credentials, openFiles) => openListenerOn([runtime, script], credentials, openFiles),
  ]);
}

async function openListenerOn(
  command: readonly string[],
  credentials: Credentials,
  openFiles = 1024,
): Promise<OpenListener> {
  const limited = ["-c", 'ulimit -n "$0"; exec "$@"', String(openFiles), ...command];
  const child = spawn("/bin/bash", limited, { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(async () => {
    child.stdin.end();
    await once(child, "exit");
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const has = (line: RegExp): Promise<void> =>
    until(
      () => line.test(said),
      () => `the listener to say ${String(line)}`,
    );
  child.stdin.write(`${JSON.stringify(credentials)}\n`);
  await has(/\n/);
  const told = (word: string): string[] => said.split("\n").filter((line) => line.startsWith(word));
  return {
    port: Number.parseInt(said, 10),
    pid: child.pid ?? -1,
    accepted: () => told("accepted").length,
    refused: () => told("refused ").map((line) => line.replace("refused ", "")),
    order: (what) => {
      child.stdin.write(`${what}\n`);
      return has(what === "fill" ? /^filled$/m : /^emptied$/m);
    },
  };
}

/** What a client gets to read before its connection is closed; nothing when it is refused. */
export function heard(socket: Socket): Promise<string> {
  let all = "";
  socket.on("data", (chunk: Buffer) => (all += chunk.toString()));
  socket.on("error", () => undefined);
  return new Promise((resolve) => {
    socket.on("close", () => resolve(all));
  });
}

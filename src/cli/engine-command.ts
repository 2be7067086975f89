import { openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";
import { pino, type Logger } from "pino";
import { UserError } from "../domain/errors.ts";
import { EXIT } from "../domain/exit-codes.ts";
import { errnoText } from "../domain/system-error.ts";
import { Engine, type EngineLog } from "../engine/engine.ts";
import { CapturePool } from "../process/capture-pool.ts";
import { CaptureFolder } from "../process/capture.ts";
import { LOG_LEVELS } from "../reporters/log-lines.ts";
import { PINO_LEVEL } from "../reporters/log.ts";
import { parseEngineSpec } from "../wire/engine-spec.ts";

/** The words that start this program as an engine; nobody types them. */
export const ENGINE_ARGUMENTS = ["engine", "--specified-on-stdin"] as const;

export function isEngineCommand(args: readonly string[]): boolean {
  return args.length === ENGINE_ARGUMENTS.length && ENGINE_ARGUMENTS.every((word, i) => args[i] === word);
}

/** Runs an engine until it has left. */
export async function runEngine(): Promise<void> {
  const specification = await text(process.stdin);
  // The driver has gone before it could say anything.
  if (specification === "") return;
  const spec = parseEngineSpec(specification);
  const engine = new Engine({
    ...spec,
    env: process.env,
    openFileLimit: openFileLimit(),
    runner: { cwd: spec.cwd, captures: openCaptures(), devNull: openSync("/dev/null", "r") },
    log: openLog(spec.logPrefix, spec.logLevel),
  });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(signal, () => engine.terminate(10, `${signal} received`));
  }
  await engine.run();
}

/** @throws UserError when there is no place for what tasks write; better no engine than tasks that cannot start. */
function openCaptures(): CapturePool {
  const pool = new CapturePool(new CaptureFolder(tmpdir()));
  try {
    pool.discard(pool.open());
    return pool;
  } catch (error) {
    const message = `cannot write in ${tmpdir()}, where the output of tasks is kept: ${errnoText(error)}; set TMPDIR`;
    throw new UserError("no-capture-folder", message, { exitCode: EXIT.unfinished, cause: error });
  }
}

/** The soft limit, which the runtime has raised as far as it may. */
function openFileLimit(): number {
  try {
    const [, soft] = /^Max open files\s+([0-9]+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return Number(soft ?? Number.POSITIVE_INFINITY);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function pinoLevel(name: string): string {
  const level = LOG_LEVELS.find((known) => known === name);
  return PINO_LEVEL[level ?? "INFO"];
}

/** The engine's log is opened when its rank is known, since that is part of the name. */
function openLog(prefix: string, level: string): EngineLog {
  let logger: Logger | undefined;
  return {
    opened: (rank) => {
      const destination = pino.destination({ dest: `${prefix}${rank}.log`, sync: true });
      destination.on("error", () => (logger = undefined));
      logger = pino({ level: pinoLevel(level), base: null }, destination);
    },
    info: (message) => logger?.info(message),
    debug: (message) => {
      if (logger?.isLevelEnabled("debug") === true) logger.debug(message());
    },
  };
}

import type { KvsAddress } from "../kvs/address.ts";
import type { Environment } from "../domain/environment.ts";
import { UserError } from "../domain/errors.ts";
import type { PreparedRun } from "./prepared-run.ts";
import { Run } from "./run.ts";
import { hasKvs, type RunSettings } from "./settings.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * Begins a run that has all it needs but its key-value server.
 *
 * @param free called when nothing is done any more with its files; not when this throws.
 * @throws UserError `kvs-unreachable`, `kvs-not-listening`, `not-an-address`; and as `Run` does.
 */
export async function beginRun(
  settings: RunSettings,
  prepared: PreparedRun,
  surroundings: Surroundings,
  free: () => void,
): Promise<Run> {
  const served = await withKvs(settings, prepared, surroundings);
  try {
    return new Run(settings, served, surroundings, free);
  } catch (error) {
    await served.kvs?.close(false);
    throw error;
  }
}

/** Opens the key-value server that a run wants, or connects to it, and has tasks find it. */
async function withKvs(
  settings: RunSettings,
  prepared: PreparedRun,
  { env, say }: Pick<Surroundings, "env" | "say">,
): Promise<PreparedRun> {
  if (!hasKvs(settings)) return prepared;
  const { files, earlier, contexts } = prepared;
  const left = earlier?.recovery.kvs;
  const there = left === undefined ? serverOf(settings, env) : left.own ? undefined : left;
  const { RunKvs: Kvs } = await import("./kvs/run-kvs.ts");
  const kvs = await Kvs.open({
    address: there,
    open: settings.kvsOpen,
    name: settings.useAddress?.host,
    command: settings.taskcommand,
    files,
    env,
    cwd: process.cwd(),
    earlier: left,
    warn: (message) => say(`warning: ${message}`),
  });
  const environment = { ...prepared.environment, ...kvs.variables };
  const isElsewhere = contexts.some(
    ({ slurmJob, nodes }) => slurmJob !== undefined || nodes.some(({ destination }) => destination !== undefined),
  );
  const notes = [...prepared.notes];
  if (kvs.isLoopback && isElsewhere) {
    notes.push("tasks on other hosts cannot reach the key-value server of this run, unless --kvs-open is given");
  }
  if (there === undefined && settings.kvsOpen) {
    notes.push(
      `warning: whoever reaches ${kvs.variables["DISBATCH_KVSSTCP_HOST"]} can run commands as you (--kvs-open)`,
    );
  }
  return { ...prepared, kvs, environment, notes };
}

/** The server that is to be used; undefined for one of the run's own. */
function serverOf({ kvsserver, taskserver }: RunSettings, env: Environment): KvsAddress | undefined {
  if (typeof taskserver === "object") return taskserver;
  if (kvsserver === "environment") return serverIn(env);
  return typeof kvsserver === "object" ? kvsserver : undefined;
}

const MOST_PORTS = 65_535;

/** The server that the variables of disBatch's clients name. @throws UserError `not-an-address`. */
function serverIn({ KVSSTCP_HOST: host, KVSSTCP_PORT: port }: Environment): KvsAddress | undefined {
  if (host === undefined || host === "" || port === undefined || port === "") return undefined;
  const number = Number(port);
  if (/^[0-9]+$/.test(port) && number >= 1 && number <= MOST_PORTS) return { host, port: number };
  const message = `--kvsserver: KVSSTCP_PORT is no port: ${JSON.stringify(port)}; unset it for a server of this run's own`;
  throw new UserError("not-an-address", message);
}

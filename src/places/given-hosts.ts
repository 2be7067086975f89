import { closeSync, openSync, readSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import { UserError } from "../domain/errors.ts";
import { errnoText } from "../domain/system-error.ts";
import type { Environment } from "../domain/environment.ts";
import type { ContextSettings } from "./context-settings.ts";
import type { ContextRequest, Hostfile, Machine } from "./contexts.ts";

/** The lists of hosts of a command line, or of the environment when it has none. */
export type GivenHosts = Pick<ContextRequest, "nodeLists" | "listedIn" | "hostfiles">;

const VARIABLE = "DISBATCH_SSH_NODELIST";

/** @throws UserError (exit code 2) when a file cannot be read. */
export function givenHosts(
  { sshNode, hostfile }: Pick<ContextSettings, "sshNode" | "hostfile">,
  env: Environment,
): GivenHosts {
  const fromEnvironment = env[VARIABLE] ?? "";
  if (sshNode.length + hostfile.length > 0 || fromEnvironment === "") {
    return { nodeLists: sshNode, listedIn: "-s", hostfiles: hostfile.map(readHostfile) };
  }
  return { nodeLists: [fromEnvironment], listedIn: VARIABLE, hostfiles: [] };
}

/** Nobody has said which hosts to use. */
export function isNothing({ nodeLists, hostfiles }: GivenHosts): boolean {
  return nodeLists.length + hostfiles.length === 0;
}

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  return { hostName: hostname(), cores: availableParallelism() };
}

/** No list of hosts is longer, and some files have no end. */
const MOST_BYTES = 16 << 20;

function readHostfile(name: string): Hostfile {
  let fd: number | undefined;
  try {
    fd = openSync(name, "r");
    const bytes = Buffer.alloc(MOST_BYTES + 1);
    let filled = 0;
    for (let count = -1; count !== 0 && filled < bytes.length; filled += count)
      count = readSync(fd, bytes, filled, bytes.length - filled, null);
    if (filled > MOST_BYTES)
      throw new UserError("no-hostfile", `--hostfile ${name}: this is no list of hosts, it has no end`);
    return { name, bytes: bytes.subarray(0, filled) };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError("no-hostfile", `--hostfile ${name}: ${errnoText(error)}`, { cause: error });
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

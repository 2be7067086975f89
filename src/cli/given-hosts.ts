import { readFileSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import { UserError } from "../domain/errors.ts";
import { errnoText } from "../domain/system-error.ts";
import type { Environment } from "../slurm/environment.ts";
import type { ContextOptions } from "./context-options.ts";
import type { ContextRequest, Hostfile, Machine } from "./contexts.ts";

/** The lists of hosts of a command line, or of the environment when it has none. */
export type GivenHosts = Pick<ContextRequest, "nodeLists" | "listedIn" | "hostfiles">;

const VARIABLE = "DISBATCH_SSH_NODELIST";

/** @throws UserError (exit code 2) when a file cannot be read. */
export function givenHosts(
  { sshNode, hostfile }: Pick<ContextOptions, "sshNode" | "hostfile">,
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

function readHostfile(name: string): Hostfile {
  try {
    return { name, bytes: readFileSync(name) };
  } catch (error) {
    throw new UserError("no-hostfile", `--hostfile ${name}: ${errnoText(error)}`, { cause: error });
  }
}

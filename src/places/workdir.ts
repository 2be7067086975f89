import type { NodeSlots } from "../domain/engine.ts";
import { UserError } from "../domain/errors.ts";
import { isFolder } from "../files/look.ts";

/**
 * A folder for tasks has to be here when tasks are to run here; every other host looks for itself.
 *
 * @throws UserError `no-such-folder`
 */
export function refuseMissingWorkdir(workdir: string, nodes: readonly NodeSlots[]): void {
  const usesThisMachine = nodes.some(({ destination }) => destination === undefined);
  if (!usesThisMachine || isFolder(workdir)) return;
  throw new UserError("no-such-folder", `there is no folder ${workdir} here; make it, or name another with --workdir`);
}

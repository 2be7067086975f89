/** This program as one task of an srun step, for tests on either runtime. As the program itself does it waits for nothing that is still under way. */

import { runEngine } from "../../../../src/cli/engine.ts";
import { UserError } from "../../../../src/domain/errors.ts";
import { ENGINE_ARGUMENTS } from "../../../../src/wire/engine-verbs.ts";

try {
  await runEngine(ENGINE_ARGUMENTS);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(error.exitCode);
}
process.exit();

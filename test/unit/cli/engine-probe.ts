/** This program as an engine alone, for tests on either runtime. */

import { runEngine } from "../../../src/cli/engine.ts";
import { isEngineCommand } from "../../../src/cli/own-words.ts";

const args = process.argv.slice(2);
if (!isEngineCommand(args)) throw new Error("no words for an engine");
await runEngine(args);

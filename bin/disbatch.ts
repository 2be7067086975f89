#!/usr/bin/env node
import { leave } from "../src/cli/leave.ts";
import { main } from "../src/cli/main.ts";
import { VERSION } from "../src/cli/version.ts";

/** In the single executable the program is part of the runtime's own file, and needs no naming. */
const [runtime, script = "", ...args] = [process.execPath, ...process.argv.slice(1)];
const inExecutable = import.meta.url.includes("/$bunfs/");

const code = await main({ command: inExecutable ? [runtime] : [runtime, script], args, version: VERSION });
await leave(code);

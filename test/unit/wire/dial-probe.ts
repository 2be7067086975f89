/**
 * Calls a driver, for tests, and calls that off: reads an invitation as JSON from standard input, dials until standard
 * input ends, and prints how that went. Then there is nothing left to do, so the process ends by itself.
 */

import { createInterface } from "node:readline";
import * as v from "valibot";
import { messageOf } from "../../../src/domain/system-error.ts";
import { InvitationSchema } from "../../../src/wire/contact.ts";
import { dial } from "../../../src/wire/dial.ts";

const off = new AbortController();
const lines = createInterface({ input: process.stdin });
lines.once("line", (line) => void call(line));
lines.once("close", () => off.abort());

async function call(line: string): Promise<void> {
  const { addresses, credentials } = v.parse(InvitationSchema, JSON.parse(line));
  try {
    await dial({ addresses, credentials }, { signal: off.signal });
    process.stdout.write("reached\n");
  } catch (error) {
    process.stdout.write(`${messageOf(error)}\n`);
  }
}

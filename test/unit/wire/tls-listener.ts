/**
 * A listener of its own process, for tests: reads credentials as JSON from standard input, prints its port, then a line
 * for everyone whom it lets in or turns away. Says "welcome" to those whom it lets in. Told "fill" it uses up all
 * descriptors that it can have, and told "empty" it gives them back. Ends when standard input does.
 */

import { closeSync, openSync } from "node:fs";
import { createInterface } from "node:readline";
import * as v from "valibot";
import { listen } from "../../../src/wire/tls.ts";

const Pem = v.object({ authority: v.string(), certificate: v.string(), key: v.string() });

const held: number[] = [];
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  if (line === "fill") fill();
  else if (line === "empty") empty();
  else void serve(line);
});
lines.once("close", () => process.exit());

async function serve(line: string): Promise<void> {
  const { port } = await listen(
    { host: "127.0.0.1", port: 0 },
    v.parse(Pem, JSON.parse(line)),
    (socket) => {
      say("accepted");
      socket.end("welcome");
    },
    (address, why) => say(`refused ${address}: ${why}`),
  );
  say(String(port));
}

function fill(): void {
  try {
    for (;;) held.push(openSync("/dev/null", "r"));
  } catch {
    say("filled");
  }
}

function empty(): void {
  for (const descriptor of held.splice(0)) closeSync(descriptor);
  say("emptied");
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

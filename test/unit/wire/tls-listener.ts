/**
 * A listener of its own process, for tests: reads credentials as JSON from standard input, prints its port, then a line
 * for everyone whom it lets in. Says "welcome" to them. Ends when standard input does.
 */

import { createInterface } from "node:readline";
import * as v from "valibot";
import { listen } from "../../../src/wire/tls.ts";

const Pem = v.object({ authority: v.string(), certificate: v.string(), key: v.string() });

const lines = createInterface({ input: process.stdin });
lines.once("line", (line) => void serve(line));
lines.once("close", () => process.exit());

async function serve(line: string): Promise<void> {
  const { port } = await listen({ host: "127.0.0.1", port: 0 }, v.parse(Pem, JSON.parse(line)), (socket) => {
    process.stdout.write("accepted\n");
    socket.end("welcome");
  });
  process.stdout.write(`${port}\n`);
}

/**
 * Somebody on the same machine who meddles with an engine and its slot processes, on either runtime, since the two do not
 * write names of sockets alike. Is told by a line of JSON what to do, and says in lines what comes of it.
 */

import { createInterface } from "node:readline";
import { connect as connectPlainly, type Socket } from "node:net";
import { connect, createServer } from "node:tls";
import * as v from "valibot";
import { encodeFrame } from "../../../../src/wire/frames.ts";
import { Meddling } from "./meddling.ts";

const HELLO = { type: "hello", slot: 1, pid: process.pid, affinity: "", env: {} };
const say = (line: string): void => void process.stdout.write(`${line}\n`);

for await (const line of createInterface({ input: process.stdin })) meddle(v.parse(Meddling, JSON.parse(line)));
process.exit();

function meddle({ how, path, certificate, key, authority }: Meddling): void {
  const shown = { ca: authority, cert: certificate, key, rejectUnauthorized: false };
  switch (how) {
    case "say nothing":
      return follow(connectPlainly({ path }), "connect");
    case "call": {
      const socket = connect({ path, ...shown });
      socket.once("secureConnect", () => socket.write(encodeFrame(JSON.stringify(HELLO))));
      return follow(socket, "secureConnect");
    }
    case "listen": {
      const server = createServer({ ...shown, requestCert: true });
      server.on("tlsClientError", (_error, socket) => socket.destroy());
      server.on("connection", () => say("called"));
      server.on("secureConnection", (socket) => follow(socket, "close"));
      server.on("error", () => say("refused"));
      return void server.listen({ path }, () => say("listening"));
    }
  }
}

function follow(socket: Socket, event: string): void {
  socket.once(event, () => say("connected"));
  socket.on("data", () => say("told something"));
  socket.on("error", () => undefined);
  socket.once("close", () => say("closed"));
}

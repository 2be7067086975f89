import { once } from "node:events";
import { connect as connectPlainly, createServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createRunCredentials, type RunCredentials } from "../../../src/wire/credentials.ts";
import { dial } from "../../../src/wire/dial.ts";
import { DRIVER_NAME } from "../../../src/wire/names.ts";
import { tlsOptions } from "../../../src/wire/tls.ts";
import { until } from "../../support/until.ts";
import { HOST, listenersOnAllRuntimes } from "../wire/listening.ts";
import { fuzz } from "./fuzz.ts";

let run: RunCredentials;
let firstWords: Buffer;
beforeAll(async () => {
  run = await createRunCredentials();
  firstWords = await firstWordsOfEngine();
});

/** What an engine of the run says before it has heard anything. */
async function firstWordsOfEngine(): Promise<Buffer> {
  const server = createServer().listen(0, HOST);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const caller = connect({ ...tlsOptions(run.engine), port: address.port, host: HOST, servername: DRIVER_NAME });
  caller.on("error", () => undefined);
  const [socket]: Socket[] = await once(server, "connection");
  if (socket === undefined) throw new Error("nobody called");
  const [words]: Buffer[] = await once(socket, "data");
  socket.destroy();
  server.close();
  return words ?? Buffer.alloc(0);
}

describe.each(listenersOnAllRuntimes())("on %s", (_runtime, open) => {
  test("whatever a stranger says in place of a handshake, engines are let in", async () => {
    const { port, accepted } = await open(run.driver);
    const callers: Socket[] = [];
    onTestFinished(() => {
      for (const caller of callers) caller.destroy();
    });
    await fuzz(
      { inputs: [firstWords], words: ["GET / HTTP/1.1\r\n\r\n", "SSH-2.0-x\r\n"], rounds: 200 },
      (_input, pieces) => {
        const caller = connectPlainly(port, HOST)
          .on("error", () => undefined)
          .resume();
        callers.push(caller);
        for (const piece of pieces) caller.write(piece);
        caller.end();
      },
    );
    await until(
      () => callers.every(({ closed }) => closed),
      () => "the end of the calls",
    );
    expect(accepted()).toBe(0);
    expect(await text(await dial({ addresses: [{ host: HOST, port }], credentials: run.engine }))).toBe("welcome");
  });
});

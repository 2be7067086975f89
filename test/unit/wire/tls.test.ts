import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { once } from "node:events";
import { connect as connectPlainly, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { PemConverter, X509CertificateGenerator } from "@peculiar/x509";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Credentials } from "../../../src/domain/launcher.ts";
import { createRunCredentials, type RunCredentials } from "../../../src/wire/credentials.ts";
import { dial } from "../../../src/wire/dial.ts";
import { CALLER_NAMES, DRIVER_NAME } from "../../../src/wire/names.ts";
import { listen, tlsOptions } from "../../../src/wire/tls.ts";
import { until } from "../../support/until.ts";
import { heard, HOST, listenersOnAllRuntimes } from "./listening.ts";

let run: RunCredentials;
let otherRun: RunCredentials;
let selfSigned: Omit<Credentials, "authority">;
beforeAll(async () => {
  [run, otherRun, selfSigned] = await Promise.all([createRunCredentials(), createRunCredentials(), signItself()]);
});

/** A certificate that says it is an engine's, and has only itself to show for it. */
async function signItself(): Promise<Omit<Credentials, "authority">> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const name = `CN=${CALLER_NAMES.engine}`;
  const certificate = await X509CertificateGenerator.createSelfSigned({ name, keys, signingAlgorithm: algorithm });
  const key = PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  return { certificate: certificate.toString("pem"), key };
}

/** A listener in this process that says "welcome" to whom it lets in. */
async function openListener(credentials: Credentials = run.driver) {
  const accepted: TLSSocket[] = [];
  const listener = await listen({ host: HOST, port: 0 }, credentials, (socket) => {
    accepted.push(socket);
    socket.end("welcome");
  });
  onTestFinished(() => {
    for (const socket of accepted) socket.destroy();
    listener.close();
  });
  return { port: listener.port, accepted: () => accepted.length };
}

function invite(port: number, credentials: Credentials = run.engine) {
  return { addresses: [{ host: HOST, port }], credentials };
}

/** Connects without caring who the other side is. */
function connectAs(port: number, options: ConnectionOptions): TLSSocket {
  return connect({ host: HOST, port, rejectUnauthorized: false, ...options });
}

test("an engine of the run gets through, and talks TLS 1.3", async () => {
  const { port, accepted } = await openListener();
  const socket = await dial(invite(port));
  expect(socket.getProtocol()).toBe("TLSv1.3");
  expect(await text(socket)).toBe("welcome");
  expect(accepted()).toBe(1);
});

describe.each(listenersOnAllRuntimes())(
  "on %s a client is refused, and the listener goes on serving,",
  (_runtime, openHere) => {
    const strangers: ReadonlyArray<readonly [when: string, call: (port: number) => Socket, why: string | undefined]> = [
      ["when it has no certificate", (port) => connectAs(port, {}), "it shows no certificate"],
      [
        "when its certificate is another run's",
        (port) => connectAs(port, { cert: otherRun.engine.certificate, key: otherRun.engine.key }),
        "its certificate is not of this run",
      ],
      [
        "when it shows the driver's certificate, which is for servers",
        (port) => connectAs(port, { cert: run.driver.certificate, key: run.driver.key }),
        "its certificate is not of this run",
      ],
      [
        "when it has signed its certificate itself",
        (port) => connectAs(port, { cert: selfSigned.certificate, key: selfSigned.key }),
        "its certificate is not of this run",
      ],
      [
        "when it speaks TLS 1.2",
        (port) => connectAs(port, { cert: run.engine.certificate, key: run.engine.key, maxVersion: "TLSv1.2" }),
        "it speaks an older TLS",
      ],
      [
        "when it is of another run, and takes the driver's certificate for wrong",
        (port) =>
          connectAs(port, { ...tlsOptions(otherRun.engine), servername: DRIVER_NAME, rejectUnauthorized: true }),
        undefined,
      ],
      [
        "when it speaks no TLS at all",
        (port) => {
          const socket = connectPlainly(port, HOST);
          socket.write("GET / HTTP/1.1\r\n\r\n");
          return socket;
        },
        "it speaks no TLS",
      ],
      [
        "when it begins with a record that is no record",
        (port) => {
          const socket = connectPlainly(port, HOST);
          socket.write(Buffer.alloc(100, 0xff));
          return socket;
        },
        "it speaks no TLS",
      ],
      [
        "when it hangs up at once",
        (port) => {
          const socket = connectPlainly(port, HOST, () => socket.resetAndDestroy());
          return socket;
        },
        undefined,
      ],
    ];

    test.each(strangers)("%s", async (_when, call, why) => {
      const { port, accepted, refused } = await openHere(run.driver);
      expect(await heard(call(port))).not.toContain("welcome");
      expect(accepted()).toBe(0);
      expect(await text(await dial(invite(port)))).toBe("welcome");
      await until(
        () => accepted() === 1 && refused().length === (why === undefined ? 0 : 1),
        () => `${why} for ${refused().join(", ")}`,
      );
      expect(refused()).toEqual(why === undefined ? [] : [`${HOST}: ${why}`]);
    });

    test("when it comes with the ticket of a try with another certificate, and no certificate", async () => {
      const { port, accepted, refused } = await openHere(run.driver);
      const first = connectAs(port, { cert: otherRun.engine.certificate, key: otherRun.engine.key });
      const tickets: Buffer[] = [];
      first.on("session", (ticket: Buffer) => tickets.push(ticket));
      await heard(first);
      for (const session of [...tickets, undefined]) {
        expect(await heard(connectAs(port, session === undefined ? {} : { session }))).not.toContain("welcome");
      }
      await until(
        () => refused().length === tickets.length + 2,
        () => `each to be refused: ${refused().join(", ")}`,
      );
      expect(accepted()).toBe(0);
    });

    test("while another one says nothing", async () => {
      const { port } = await openHere(run.driver);
      const silent = connectPlainly(port, HOST);
      onTestFinished(() => void silent.destroy());
      await once(silent, "connect");
      expect(await text(await dial(invite(port)))).toBe("welcome");
    });
  },
);

describe("an engine", () => {
  test("does not talk to a driver of another run", async () => {
    const { port, accepted } = await openListener(otherRun.driver);
    await expect(dial(invite(port))).rejects.toThrow(`${HOST}:${port}`);
    expect(accepted()).toBe(0);
  });

  test("does not take another engine of its own run for the driver", async () => {
    const { port } = await openListener(run.engine);
    await expect(dial(invite(port))).rejects.toThrow("the driver cannot be reached");
  });
});

test("a listener that cannot listen says so", async () => {
  await expect(listen({ host: "192.0.2.1", port: 0 }, run.driver, () => undefined)).rejects.toThrow("EADDRNOTAVAIL");
});

test("the certificates of a run are its own, and no side holds the key of the authority", () => {
  expect(run.driver.authority).toBe(run.engine.authority);
  expect(run.driver.authority).not.toBe(otherRun.driver.authority);
  const secrets = [run.driver.key, run.engine.key, run.controller.key];
  expect(new Set(secrets).size).toBe(3);
  expect(JSON.stringify(run).match(/BEGIN [A-Z ]*PRIVATE KEY/g)).toHaveLength(3);
});

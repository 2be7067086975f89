import { networkInterfaces } from "node:os";
import { connect } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Ports, Reception, type ReceptionOptions } from "../../../../src/core/pool/reception.ts";
import type { Contact } from "../../../../src/wire/contact.ts";
import { createRunCredentials } from "../../../../src/wire/credentials.ts";
import { dial } from "../../../../src/wire/dial.ts";
import type { CallerRole } from "../../../../src/wire/names.ts";

const credentials = createRunCredentials();
const others = Object.values(networkInterfaces())
  .flatMap((found) => found ?? [])
  .filter(({ internal, family }) => !internal && family === "IPv4")
  .map(({ address }) => address);

function open(options: Partial<ReceptionOptions> = {}) {
  const roles: CallerRole[] = [];
  const contacts: Contact[] = [];
  const reception = new Reception(
    { credentials, host: "alpha", addresses: others, open: false, onContact: (c) => contacts.push(c), ...options },
    (socket, role) => {
      roles.push(role);
      socket.destroy();
    },
  );
  onTestFinished(() => reception.close());
  return { reception, roles, contacts };
}

/** Whether something accepts TCP connections there. */
function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

test("the next driver is told every port that somebody has been given, and listens there again", async () => {
  const told: Ports[] = [];
  const { reception } = open({ open: true, onPorts: (ports) => told.push(ports) });
  await reception.listen();
  const [invited] = (await reception.invite("here")).addresses;
  expect(told.at(-1)).toEqual({ here: invited?.port, elsewhere: expect.any(Number) });
  reception.close();
  const next = open({ open: true, ports: told.at(-1) ?? {} });
  await next.reception.listen();
  expect((await next.reception.invite("here")).addresses).toEqual([invited]);
});

describe("a run on this machine alone", () => {
  test("listens on the loopback and nowhere else", async () => {
    const { reception, contacts } = open();
    await reception.listen();
    const { addresses } = await reception.invite("here");
    const [{ host, port } = { host: "", port: 0 }] = addresses;
    expect(host).toBe("127.0.0.1");
    expect(await accepts("127.0.0.1", port)).toBe(true);
    for (const other of others) expect(await accepts(other, port)).toBe(false);
    expect(contacts.map(({ elsewhere }) => elsewhere)).toEqual([undefined]);
  });

  test("lets each caller in as what its certificate says", async () => {
    const { reception, roles, contacts } = open();
    await reception.listen();
    const callers = [await reception.invite("here"), ...contacts.map(({ here }) => here)];
    for (const [i, invitation] of callers.entries()) {
      const socket = (await dial(invitation)).on("error", () => undefined);
      await expect.poll(() => roles).toHaveLength(i + 1);
      socket.destroy();
    }
    expect(roles).toEqual(["engine", "controller"]);
  });
});

describe("a run with engines elsewhere", () => {
  test("listens to other hosts from when the first is invited, and says so once", async () => {
    const { reception, contacts } = open();
    await reception.listen();
    const first = await reception.invite("elsewhere");
    expect(await reception.invite("elsewhere")).toEqual(first);
    expect(first.addresses.map(({ host }) => host)).toEqual(others);
    expect(first.noForwarding).toBeUndefined();
    for (const { host, port } of first.addresses) expect(await accepts(host, port)).toBe(true);
    expect(contacts.map(({ elsewhere }) => elsewhere?.addresses)).toEqual([undefined, first.addresses]);
  });

  test("tells them nothing but the address that the user names", async () => {
    const { reception, contacts } = open({ open: true, useAddress: { host: "gate.example", port: 0 } });
    await reception.listen();
    const { addresses, noForwarding } = await reception.invite("elsewhere");
    expect(addresses.map(({ host }) => host)).toEqual(["gate.example"]);
    expect(noForwarding).toBe(true);
    expect(await accepts("127.0.0.1", addresses[0]?.port ?? 0)).toBe(true);
    expect(contacts.map(({ elsewhere }) => elsewhere?.addresses)).toEqual([addresses]);
  });

  test("listens on the port that the user names, and says when it is taken", async () => {
    const first = open();
    await first.reception.listen();
    const [{ port } = { port: 0 }] = (await first.reception.invite("here")).addresses;
    const second = open({ open: true, useAddress: { host: "gate.example", port } });
    await expect(second.reception.listen()).rejects.toThrow(
      /^this machine cannot listen on port [0-9]+, which --use-address names: .*EADDRINUSE/,
    );
  });
});

test("a reception that is closed while it is being made does not stay", async () => {
  const { reception, contacts } = open();
  const listening = reception.listen();
  reception.close();
  await listening;
  expect(contacts).toEqual([]);
});

test("callers who have no business here are told of, by their addresses, on each port", async () => {
  const refused: string[] = [];
  const { reception } = open({
    addresses: ["127.0.0.1"],
    onRefused: (address, why, callers) => refused.push(`${address}: ${why} (${callers})`),
  });
  await reception.listen();
  for (const from of ["here", "elsewhere"] as const) {
    const [address] = (await reception.invite(from)).addresses;
    if (address === undefined) throw new Error("nowhere to call");
    connect(address)
      .on("error", () => undefined)
      .write("GET / HTTP/1.1\r\n\r\n");
  }
  await expect.poll(() => refused).toEqual(Array(2).fill("127.0.0.1: it speaks no TLS (1)"));
});

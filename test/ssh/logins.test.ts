import { generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { SshTransport } from "../../src/places/ssh/session.ts";
import { Rig, run } from "./session-rig.ts";

const TRANSPORTS: readonly SshTransport[] = ["ssh2", "openssh"];

describe.each(TRANSPORTS)("a login by %s", (transport) => {
  test.each(["ed25519", "ecdsa", "rsa"] as const)("takes a key file of type %s without a passphrase", async (type) => {
    const rig = await Rig.open();
    const key = await rig.place.makeKey("other", { type });
    await rig.place.startHost("web1", {}, { IdentityFile: key.file });
    rmSync(rig.place.key.file);
    const session = await rig.connect("web1", { transport });
    expect(await run(session, "echo in")).toBe("in\n");
  });

  test.each(["ed25519", "rsa"] as const)("takes a key of type %s that an agent holds", async (type) => {
    const rig = await Rig.open();
    const key = await rig.place.makeKey("locked", { type, passphrase: "secret" });
    const agent = await rig.place.startAgent();
    await agent.add(key, "secret");
    await rig.place.startHost("web1", {}, { IdentityAgent: agent.socket, IdentityFile: "/nowhere/key" });
    const session = await rig.connect("web1", { transport });
    expect(await run(session, "echo in")).toBe("in\n");
  });

  test("finds the agent in the environment", async () => {
    const rig = await Rig.open();
    const agent = await rig.place.startAgent();
    await agent.add(rig.place.key);
    await rig.place.startHost("web1", {}, { IdentityAgent: "SSH_AUTH_SOCK", IdentityFile: "/nowhere/key" });
    const session = await rig.connect("web1", { transport, env: { ...rig.place.env, SSH_AUTH_SOCK: agent.socket } });
    expect(await run(session, "echo in")).toBe("in\n");
  });

  test("offers an agent's key with IdentitiesOnly when it is an identity file, known by its locked file alone", async () => {
    const rig = await Rig.open();
    const key = await rig.place.makeKey("locked", { passphrase: "secret" });
    rmSync(`${key.file}.pub`);
    const agent = await rig.place.startAgent();
    for (const name of ["a", "b", "c"]) await agent.add(await rig.place.makeKey(name));
    await agent.add(key, "secret");
    const lines = { IdentityAgent: agent.socket, IdentityFile: key.file, IdentitiesOnly: "yes" };
    const server = await rig.place.startHost("web1", { config: ["MaxAuthTries 1"] }, lines);
    const session = await rig.connect("web1", { transport });
    expect(await run(session, "echo in")).toBe("in\n");
    expect(server.log().match(/Accepted publickey/g)).toHaveLength(1);
  });

  test("offers the identity files among the agent's keys before the others", async () => {
    const rig = await Rig.open();
    const agent = await rig.place.startAgent();
    for (const name of ["a", "b", "c"]) {
      const key = await rig.place.makeKey(name);
      await agent.add(key);
    }
    await agent.add(rig.place.key);
    await rig.place.startHost("web1", { config: ["MaxAuthTries 1"] }, { IdentityAgent: agent.socket });
    const session = await rig.connect("web1", { transport });
    expect(await run(session, "echo in")).toBe("in\n");
  });

  test("goes on with key files when the agent does not answer to its name", async () => {
    const rig = await Rig.open();
    await rig.place.startHost("web1", {}, { IdentityAgent: path.join(rig.place.home, "no-agent") });
    const session = await rig.connect("web1", { transport });
    expect(await run(session, "echo in")).toBe("in\n");
  });

  test("is refused with the code of authentication, and leaves nothing behind", async () => {
    const rig = await Rig.open();
    await rig.place.startHost("web1", { config: ["AuthorizedKeysFile /dev/null"] });
    await expect(rig.connect("web1", { transport })).rejects.toMatchObject({
      code: "authentication",
      message: expect.stringMatching(/^web1: [^\n]+$/),
    });
  });

  test("is refused when the host hangs up after too many keys", async () => {
    const rig = await Rig.open();
    const agent = await rig.place.startAgent();
    for (const name of ["a", "b", "c"]) await agent.add(await rig.place.makeKey(name));
    const lines = { IdentityAgent: agent.socket };
    await rig.place.startHost("web1", { config: ["MaxAuthTries 2", "AuthorizedKeysFile /dev/null"] }, lines);
    await expect(rig.connect("web1", { transport })).rejects.toMatchObject({ code: "authentication" });
  });

  test("never asks for a password", async () => {
    const rig = await Rig.open();
    await rig.place.startHost("web1", { config: ["PasswordAuthentication yes", "PubkeyAuthentication no"] });
    await expect(rig.connect("web1", { transport })).rejects.toMatchObject({ code: "authentication" });
  });
});

test("a key with a passphrase that no agent holds is named, and what was tried as well", async () => {
  const rig = await Rig.open();
  const { home } = rig.place;
  const locked = await rig.place.makeKey("locked", { passphrase: "secret" });
  const agent = await rig.place.startAgent();
  await agent.add(await rig.place.makeKey("held", { comment: "jo's key" }));
  const server = await rig.place.startServer({ config: ["AuthorizedKeysFile /dev/null"] });
  rig.place.know(server);
  const IdentityFile = [locked.file, rig.place.key.file, path.join(home, "missing")];
  rig.place.nameHost("web1", server, { IdentityAgent: agent.socket, IdentityFile, User: "jo" });
  const message =
    `web1: none of the keys is accepted for user jo (tried: agent key "jo's key", ${rig.place.key.file}; ` +
    `${locked.file} has a passphrase and is in no agent: use ssh-add)`;
  await expect(rig.connect("web1", { transport: "ssh2" })).rejects.toMatchObject({ code: "authentication", message });
  // The system's ssh, which is asked as well, knows no better.
  await expect(rig.connect("web1", { transport: "auto" })).rejects.toMatchObject({ code: "authentication", message });
});

test("a host that takes no keys is said to, and one without any keys to offer", async () => {
  const rig = await Rig.open();
  await rig.place.startHost("web1", { config: ["PasswordAuthentication yes", "PubkeyAuthentication no"] });
  await rig.place.startHost("web2", {}, { IdentityFile: "/nowhere/key" });
  await expect(rig.connect("web1", { transport: "ssh2" })).rejects.toThrow(
    /^web1: the host takes no keys, only password, for user \S+$/,
  );
  await expect(rig.connect("web2", { transport: "ssh2" })).rejects.toThrow(
    /^web2: there is no key that could be tried for user \S+$/,
  );
});

test("an agent that does not answer is given up together with the connection", async () => {
  const rig = await Rig.open();
  const socket = path.join(rig.place.home, "agent");
  const heard = new AbortController();
  const gone = new Promise<void>((resolve) => {
    const agent = createServer((connection) => {
      connection.on("error", () => undefined);
      connection.once("data", () => heard.abort());
      connection.once("close", resolve);
    });
    agent.listen(socket);
    onTestFinished(() => void agent.close());
  });
  await rig.place.startHost("web1", {}, { IdentityAgent: socket });
  await expect(rig.connect("web1", { transport: "ssh2", signal: heard.signal })).rejects.toThrow("given up");
  await gone;
});

test("the system's ssh is asked when the library is not let in", async () => {
  const rig = await Rig.open();
  // A form of private key that the library does not read.
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const file = path.join(rig.place.home, "pem");
  writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  const authorized = path.join(rig.place.home, "authorized");
  writeFileSync(authorized, `${sshLineOf(publicKey.export({ format: "jwk" }))}\n`);
  await rig.place.startHost("web1", { config: [`AuthorizedKeysFile ${authorized}`] }, { IdentityFile: file });
  await expect(rig.connect("web1", { transport: "ssh2" })).rejects.toMatchObject({ code: "authentication" });
  const session = await rig.connect("web1", { transport: "auto" });
  expect(await run(session, "echo in")).toBe("in\n");
});

/** An RSA key as it stands in authorized_keys: RFC 4253, 6.6. */
function sshLineOf({ n = "", e = "" }: JsonWebKey): string {
  const [exponent, modulus] = [e, n].map((part) => Buffer.from(part, "base64url"));
  // The modulus has its highest bit set, which a number above zero must not begin with.
  const fields = [Buffer.from("ssh-rsa"), exponent, modulus && Buffer.concat([Buffer.of(0), modulus])];
  const bytes = fields.flatMap((field = Buffer.alloc(0)) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    return [length, field];
  });
  return `ssh-rsa ${Buffer.concat(bytes).toString("base64")}`;
}

import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { SshTransport } from "../../src/places/ssh/session.ts";
import { hashKnownHosts, makeKey } from "../support/ssh-keys.ts";
import type { SshServer } from "../support/ssh-server.ts";
import { Rig, run } from "./session-rig.ts";

const TRANSPORTS: readonly SshTransport[] = ["ssh2", "openssh"];

describe.each(TRANSPORTS)("a host's key by %s", (transport) => {
  test("is found in a known_hosts with hashed names", async () => {
    const rig = await Rig.open();
    await rig.place.startHost("web1");
    await hashKnownHosts(rig.place.knownHosts);
    expect(readFileSync(rig.place.knownHosts, "utf8")).toMatch(/^\|1\|/);
    const session = await rig.connect("web1", { transport });
    expect(await run(session, "echo in")).toBe("in\n");
  });

  test("of the type that is known is asked for, whichever the host would rather show", async () => {
    const rig = await Rig.open();
    const server = await rig.place.startServer({ hostKeyTypes: ["ed25519", "ecdsa", "rsa"] });
    rig.place.nameHost("web1", server);
    appendFileSync(rig.place.knownHosts, knownLine(server, 2));
    const session = await rig.connect("web1", { transport });
    expect(await run(session, "echo in")).toBe("in\n");
  });

  test("is looked up by HostKeyAlias", async () => {
    const rig = await Rig.open();
    const server = await rig.place.startServer();
    rig.place.nameHost("web1", server, { HostKeyAlias: "the-web" });
    writeFileSync(rig.place.knownHosts, `the-web ${server.hostKeys[0]?.publicLine}\n`);
    const session = await rig.connect("web1", { transport });
    expect(await run(session, "echo in")).toBe("in\n");
  });

  test.each(["ask", "yes"])("that is not known is refused where StrictHostKeyChecking is %s", async (strict) => {
    const rig = await Rig.open();
    const server = await rig.place.startServer();
    rig.place.nameHost("web1", server, { StrictHostKeyChecking: strict });
    await expect(rig.connect("web1", { transport })).rejects.toMatchObject({
      code: "host-key-unknown",
      message: expect.stringMatching(/web1.* is not known: /),
    });
    expect(readFileSync(rig.place.knownHosts, "utf8")).toBe("");
  });

  test("that is not known becomes known where the settings say so, and the user is told", async () => {
    const rig = await Rig.open();
    const server = await rig.place.startServer();
    rig.place.nameHost("web1", server, { StrictHostKeyChecking: "accept-new", HashKnownHosts: "yes" });
    await rig.connect("web1", { transport });
    expect(rig.warnings).toEqual([expect.stringMatching(/web1/)]);
    expect(readFileSync(rig.place.knownHosts, "utf8")).toMatch(/^\|1\|\S+ ssh-ed25519 \S+\n$/);
    rig.place.nameHost("web2", server, { StrictHostKeyChecking: "yes" });
    const session = await rig.connect("web2", { transport });
    expect(await run(session, "echo in")).toBe("in\n");
  });

  test("that has changed is refused with the file and the line", async () => {
    const rig = await Rig.open();
    const server = await rig.place.startServer();
    rig.place.nameHost("web1", server);
    const other = await makeKey(`${rig.place.home}/other`);
    writeFileSync(rig.place.knownHosts, `# known\n[127.0.0.1]:${server.port} ${other.publicLine}\n`);
    const failure = expect.stringMatching(
      new RegExp(
        `^(?:web1: )?host key (?:of web1 )?has changed: it shows .*SHA256:.* but ${rig.place.knownHosts}:2 says `,
      ),
    );
    const advice = expect.stringContaining("ssh-keygen -f ");
    await expect(rig.connect("web1", { transport })).rejects.toMatchObject({
      code: "host-key-changed",
      message: failure,
    });
    await expect(rig.connect("web1", { transport })).rejects.toMatchObject({ message: advice });
  });

  test("that is revoked is refused, though it is known", async () => {
    const rig = await Rig.open();
    const server = await rig.place.startHost("web1");
    appendFileSync(rig.place.knownHosts, `@revoked * ${server.hostKeys[0]?.publicLine}\n`);
    await expect(rig.connect("web1", { transport })).rejects.toMatchObject({
      code: "host-key-revoked",
      message: expect.stringMatching(/web1.*revoked.*give the host another key$/),
    });
  });
});

test("a revoked key is told with the file and the line", async () => {
  const rig = await Rig.open();
  const server = await rig.place.startHost("web1");
  appendFileSync(rig.place.knownHosts, `@revoked * ${server.hostKeys[0]?.publicLine}\n`);
  await expect(rig.connect("web1")).rejects.toThrow(`${rig.place.knownHosts}:2 revokes`);
});

test("a host whose key has changed and is taken all the same forwards no port", async () => {
  const rig = await Rig.open();
  const server = await rig.place.startServer();
  rig.place.nameHost("web1", server, { StrictHostKeyChecking: "no" });
  const other = await makeKey(`${rig.place.home}/other`);
  writeFileSync(rig.place.knownHosts, `[127.0.0.1]:${server.port} ${other.publicLine}\n`);
  const session = await rig.connect("web1");
  expect(rig.warnings).toEqual([expect.stringContaining("host key of web1 has changed")]);
  expect(await run(session, "echo in")).toBe("in\n");
  await expect(session.forward({ host: "127.0.0.1", port: 9 })).rejects.toThrow(
    "web1: no port is forwarded: its host key has changed",
  );
});

test("a host that is signed for by an authority is left to the system's ssh", async () => {
  const rig = await Rig.open();
  const server = await rig.place.startHost("web1");
  const authority = await makeKey(`${rig.place.home}/authority`);
  appendFileSync(rig.place.knownHosts, `@cert-authority * ${authority.publicLine}\n`);
  await expect(rig.connect("web1", { transport: "ssh2" })).rejects.toThrow("@cert-authority");
  const session = await rig.connect("web1");
  expect(await run(session, "echo in")).toBe("in\n");
  expect(server.log()).toContain("Accepted publickey");
});

function knownLine(server: SshServer, index: number): string {
  return `[${server.host}]:${server.port} ${server.hostKeys[index]?.publicLine}\n`;
}

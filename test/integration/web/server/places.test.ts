import { existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { UserError } from "../../../../src/domain/errors.ts";
import { ask, BEARER, serving } from "../../../support/web-server.ts";

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), "disbatch-web-"));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

async function refusal(work: Promise<unknown>): Promise<UserError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError)) throw new Error(`no UserError: ${String(error)}`);
  expect(error.message).not.toContain("\n");
  return error;
}

test("a server listens on the loopback and nowhere else", async () => {
  const { port } = await serving();
  expect((await ask(port, "/healthz", { headers: BEARER })).status).toBe(200);
  const other = createServer();
  onTestFinished(() => void other.close());
  // Another address of this machine is still free on that port.
  await new Promise<void>((resolve, reject) => {
    other.once("error", reject).listen({ host: "127.0.0.2", port, exclusive: true }, resolve);
  });
});

test("a port that is taken is named, with what to do", async () => {
  const { port } = await serving();
  const error = await refusal(serving({ address: { kind: "tcp", host: "127.0.0.1", port } }));
  expect(error.code).toBe("web-port-in-use");
  expect(error.message).toBe(
    `--web-address 127.0.0.1:${port}: something else listens there already; name another, or none, for one that is free`,
  );
});

test("a socket is its user's alone, answers, and goes with the server", async () => {
  const socketPath = path.join(folder(), "web.sock");
  const server = await serving({ address: { kind: "unix", path: socketPath } });
  expect(lstatSync(socketPath).mode & 0o777).toBe(0o600);
  expect((await ask(0, "/healthz", { socketPath, headers: { ...BEARER, host: "localhost" } })).status).toBe(200);
  expect((await ask(0, "/healthz", { socketPath, headers: { ...BEARER, host: "evil.example" } })).status).toBe(421);
  const entered = await ask(0, server.ticket(), { socketPath, headers: { host: "localhost:8080" } });
  const [cookie = ""] = entered.headers["set-cookie"] ?? [];
  expect(cookie).toMatch(/^disbatch_[0-9a-f]{12}=/);
  await server.close();
  expect(existsSync(socketPath)).toBe(false);
});

test("the mask for new files is as it was", async () => {
  const before = process.umask();
  await serving({ address: { kind: "unix", path: path.join(folder(), "web.sock") } });
  expect(process.umask()).toBe(before);
});

test("a socket of a dead server is replaced, one of a living server is not", async () => {
  const at = path.join(folder(), "web.sock");
  const address = { kind: "unix", path: at } as const;
  const dead = createServer();
  await new Promise<void>((resolve) => void dead.listen(at, resolve));
  const error = await refusal(serving({ address }));
  expect(error.code).toBe("web-port-in-use");
  expect(existsSync(at)).toBe(true);
  // A hard link keeps the socket of a server that has ended.
  await killed(at, dead);
  await serving({ address });
  expect((await ask(0, "/healthz", { socketPath: at, headers: { ...BEARER, host: "localhost" } })).status).toBe(200);
});

test.each([
  ["a file", (at: string) => writeFileSync(at, "mine")],
  ["a folder", (at: string) => mkdirSync(at)],
  ["a link to nothing", (at: string) => symlinkSync("/nowhere/at/all", at)],
])("%s in the place of a socket stays there", async (_, make) => {
  const at = path.join(folder(), "web.sock");
  make(at);
  const before = lstatSync(at).ino;
  const error = await refusal(serving({ address: { kind: "unix", path: at } }));
  expect(error.code).toBe("web-address-not-here");
  expect(error.message).toContain("something that is no socket is there; move it away, or name another path");
  expect(lstatSync(at).ino).toBe(before);
});

test("a folder that is not there is named", async () => {
  const at = path.join(folder(), "none", "web.sock");
  const error = await refusal(serving({ address: { kind: "unix", path: at } }));
  expect(error.code).toBe("web-address-not-here");
  expect(error.message).toContain(`make the folder ${path.dirname(at)}`);
});

/** Ends a server as if it had been killed: its socket stays. */
async function killed(at: string, server: ReturnType<typeof createServer>): Promise<void> {
  const { linkSync, renameSync } = await import("node:fs");
  linkSync(at, `${at}.kept`);
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  renameSync(`${at}.kept`, at);
}

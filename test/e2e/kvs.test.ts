import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { artifacts, type Artifact } from "../support/artifacts.ts";
import { isRoot, ORDINARY_USER } from "../support/ordinary-user.ts";
import type { DisbatchRun, RunOptions } from "../support/run-disbatch.ts";
import { Workspace } from "../support/workspace.ts";

const DONE = { code: 0, signal: null };
const USAGE = { code: 2, signal: null };
const UNFINISHED = { code: 3, signal: null };

/** A program of a user that puts a value; then it waits until the server has closed, or closes at once. */
const PUT = `
import encodings.idna, os, socket, sys
os.setuid(int(sys.argv[2]))
host, port = sys.argv[1].rsplit(":", 1)
s = socket.create_connection((host, int(port)))
try:
    s.sendall(b"put_         1kASTR         4textclos")
    while sys.argv[3] == "wait" and s.recv(100): pass
except OSError: pass
`;

function putAs(user: number, address: string, how: "wait" | "close"): Promise<unknown> {
  const child = spawn("python3", ["-c", PUT, address, String(user), how]);
  return new Promise((resolve) => child.once("exit", resolve));
}

async function serve(artifact: Artifact, ...options: readonly string[]) {
  const workspace = new Workspace();
  const server = workspace.run(artifact, ["kvs", "serve", ...options]);
  await server.stdoutShows(/\n/);
  const address = server.stdout().trim();
  const env = { ...workspace.env, DISBATCH_KVSSTCP_HOST: address };
  return {
    workspace,
    server,
    address,
    kvs: (args: readonly string[], stdin?: RunOptions["stdin"]): DisbatchRun =>
      workspace.run(artifact, ["kvs", ...args], { env, ...(stdin === undefined ? {} : { stdin }) }),
  };
}

describe.each(artifacts)("the $name", (artifact) => {
  test("serves values to commands, byte by byte, until it is shut down", async () => {
    const { workspace, server, address, kvs } = await serve(artifact, "--info", "address");
    expect([workspace.read("address"), address]).toEqual([address, expect.stringMatching(/^127\.0\.0\.1:\d+$/)]);
    expect(await kvs(["put", "k", "one"]).exited).toEqual(DONE);
    expect(await kvs(["put", "k", "-", "--encoding", "JSON"], '{"two":\n\u001b2}').exited).toEqual(DONE);
    const viewed = kvs(["view", "k"]);
    expect([await viewed.exited, viewed.stdout()]).toEqual([DONE, '{"two":\n\u001b2}']);
    const taken = kvs(["get", "k"]);
    expect([await taken.exited, taken.stdout()]).toEqual([DONE, "one"]);
    const dump = kvs(["dump"]);
    expect([await dump.exited, dump.stdout()]).toEqual([DONE, expect.stringMatching(/\nk +1 +JSON +11 /)]);
    expect(dump.stdout()).not.toContain("\u001b");
    expect(await kvs(["shutdown"]).exited).toEqual(DONE);
    expect(existsSync(workspace.path("address"))).toBe(false);
    expect([await server.exited, server.stderr(), existsSync(workspace.path("address"))]).toEqual([DONE, "", false]);
    const late = kvs(["get", "k"]);
    expect([await late.exited, late.stderr()]).toEqual([
      UNFINISHED,
      expect.stringMatching(/no key-value server answers/),
    ]);
    workspace.close();
  });

  test("gives up a wait after a time, and ends its server by a signal", async () => {
    const { workspace, server, kvs } = await serve(artifact);
    const get = kvs(["get", "k", "--timeout", "0.2"]);
    expect([await get.exited, get.stderr()]).toEqual([
      UNFINISHED,
      'disbatch: there was no value under "k" for 0.2 s\n',
    ]);
    server.signal("SIGTERM");
    expect(await server.exited).toEqual({ code: 143, signal: null });
    workspace.close();
  });

  test.each([
    [["kvs"], /say what to do/],
    [["kvs", "put", "k"], /write: disbatch kvs put KEY VALUE/],
    [["kvs", "get", "k", "--port", "5"], /disbatch kvs get takes no option --port/],
    [["kvs", "get", "k"], /name a server/],
    [["kvs", "put", "k", "v", "--encoding", "long!", "--server", "h:1"], /four ASCII characters/],
    [["kvs", "get", "k", "--server", "nowhere"], /must be HOST:PORT/],
  ])("refuses %j", async (args, message) => {
    const workspace = new Workspace();
    const run = workspace.run(artifact, args);
    expect([await run.exited, run.stderr()]).toEqual([USAGE, expect.stringMatching(message)]);
    workspace.close();
  });

  test.runIf(isRoot)("serves no other user, and says so; open, it serves everybody, and warns", async () => {
    const closed = await serve(artifact);
    await putAs(ORDINARY_USER, closed.address, "wait");
    await closed.server.stderrShows(new RegExp(`is not served: it belongs to user ${ORDINARY_USER}`));
    await closed.kvs(["shutdown"]).exited;
    await closed.server.exited;
    closed.workspace.close();
    const open = await serve(artifact, "--kvs-open", "--host", "127.0.0.1");
    await open.server.stderrShows(/run commands as you/);
    await putAs(ORDINARY_USER, open.address, "close");
    const got = open.kvs(["get", "k"]);
    expect([await got.exited, got.stdout()]).toEqual([DONE, "text"]);
    await open.kvs(["shutdown"]).exited;
    await open.server.exited;
    open.workspace.close();
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, onTestFinished, test } from "vitest";
import { findBun } from "../../../../scripts/build/executable.mjs";
import { until } from "../../../support/until.ts";
import { ask, BEARER, dial, POSTED, say, statusOf, TOKEN } from "../../../support/web-server.ts";

const BUN = findBun();
const RUNTIMES = [process.execPath, ...(BUN === undefined ? [] : [BUN])];

/** A server in a process of its own. @returns its port, and what becomes of the process. */
async function started(
  runtime: string,
): Promise<{ readonly port: number; readonly end: () => Promise<number | null> }> {
  const folder = mkdtempSync(path.join(tmpdir(), "disbatch-web-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const outfile = path.join(folder, "probe.mjs");
  const entryPoints = [path.join(import.meta.dirname, "server-probe.ts")];
  await build({ entryPoints, outfile, bundle: true, platform: "node", format: "esm", logLevel: "error" });
  const child = spawn(runtime, [outfile], { env: { PROBE_TOKEN: TOKEN }, stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = once(child, "exit");
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => (said += piece));
  await until(
    () => said.endsWith("\n"),
    () => "the server says its port",
  );
  const end = async (): Promise<number | null> => {
    child.stdin.end();
    await ended;
    return child.exitCode;
  };
  return { port: Number(said), end };
}

describe.each(RUNTIMES)("in %s", (runtime) => {
  test("a server lets in whom it should, refuses what it should, lives through all of it, and ends", async () => {
    const { port, end } = await started(runtime);
    const head = (first: string): string =>
      `${first} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n`;
    const status = async (bytes: string): Promise<number> => statusOf(await say(port, bytes));
    const never = await dial(port);
    never.pause().write(`${head("GET /api/v1/events")}\r\n`);
    expect(await status("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")).toBe(401);
    expect(await status("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")).toBe(421);
    expect(await status(`${head("GET /")}Host: evil.example\r\n\r\n`)).toBe(421);
    expect(await status(`${head("GET /../etc/passwd")}Connection: close\r\n\r\n`)).toBe(400);
    expect(await status(`${head("GET /%2e%2e/x")}Connection: close\r\n\r\n`)).toBe(400);
    expect(await status(`${head("PUT /")}Connection: close\r\n\r\n`)).toBe(405);
    expect(await status(`${head("GET /")}X: ${"x".repeat(20_000)}\r\n\r\n`)).toBe(431);
    expect(await status(`${head(`GET /${"x".repeat(5000)}`)}Connection: close\r\n\r\n`)).toBe(414);
    expect(await status("GET / HT")).toBe(408);
    expect(await status("\0garbage\r\n\r\n")).toBe(400);
    const stop = `${head("POST /api/v1/runs/a/stops")}Content-Type: application/json\r\n`;
    expect(await status(`${stop}Content-Length: 1000000\r\n\r\n{}`)).toBe(413);
    expect(await status(`${stop}Expect: 100-continue\r\nContent-Length: 1000000\r\n\r\n`)).toBe(413);
    const waits = "Connection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}";
    expect(await say(port, stop + waits)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    expect(await status(stop.replace(TOKEN, "x") + waits)).toBe(401);
    expect(await status(`${stop}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`)).toBe(400);
    const posted = await ask(port, "/api/v1/runs/a/stops", { method: "POST", headers: POSTED, body: '{"a":1}' });
    expect([posted.status, posted.text.includes('{\\"a\\":1}')]).toEqual([200, true]);
    const zipped = await ask(port, "/healthz", { headers: { ...BEARER, "accept-encoding": "gzip" } });
    expect(gunzipSync(zipped.body).toString()).toContain('"method":"GET"');
    expect((await ask(port, "/healthz", { method: "HEAD", headers: BEARER })).text).toBe("");
    expect((await ask(port, "/", { headers: BEARER })).text).toBe("the page");
    for (let i = 0; i < 200; i++) (await dial(port)).resume();
    expect((await ask(port, "/healthz", { headers: BEARER })).status).toBe(200);
    const gone = new Promise((resolve) => never.once("close", resolve));
    never.resume();
    await gone;
    expect(await end()).toBe(0);
  });
});

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { isAlive } from "../../support/process-table.ts";
import { Workspace } from "../../support/workspace.ts";

/** A process that says `up` when it runs, and then stays. */
async function stayingProcess(program: string, args: readonly string[], options: object): Promise<ChildProcess> {
  const child = spawn(program, args, { ...options, stdio: ["pipe", "pipe", "ignore"] });
  await once(child.stdout, "data");
  return child;
}

test("a workspace that leaves nothing is closed without complaint, and its folder is gone", () => {
  const workspace = new Workspace();
  workspace.writeTasks("true");
  expect(workspace.read("Tasks")).toBe("true\n");
  workspace.close();
  expect(existsSync(workspace.folder)).toBe(false);
});

test("a process that carries the marker is reported and ended", async () => {
  const workspace = new Workspace();
  const child = await stayingProcess("/bin/bash", ["-c", "echo up; read"], { env: { ...workspace.env } });
  expect(() => workspace.close()).toThrow(new RegExp(`process ${child.pid}: /bin/bash -c echo up; read`));
  await once(child, "close");
  expect(child.signalCode).toBe("SIGKILL");
  expect(isAlive(child.pid ?? -1)).toBe(false);
});

test("a process that has cleared its environment is known by its directory", async () => {
  const workspace = new Workspace();
  const child = await stayingProcess("/bin/bash", ["-c", "echo up; read"], { cwd: workspace.folder, env: {} });
  expect(workspace.processes().map(({ pid }) => pid)).toEqual([child.pid]);
  expect(() => workspace.close()).toThrow(/left behind/);
  await once(child, "close");
});

test("a listening socket is reported with its address", async () => {
  const workspace = new Workspace();
  const listen =
    'require("net").createServer().listen(0, "127.0.0.1", function () { console.log(this.address().port); })';
  const child = spawn(process.execPath, ["-e", listen], {
    env: { ...workspace.env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const port = String((await once(child.stdout, "data"))[0]).trim();
  expect(() => workspace.close()).toThrow(`socket of ${child.pid}: 127.0.0.1:${port}`);
  await once(child, "close");
});

test("a file in the folder for temporary files is reported", () => {
  const workspace = new Workspace();
  workspace.write("../tmp/forgotten", "");
  expect(() => workspace.close()).toThrow(/temporary file: forgotten/);
});

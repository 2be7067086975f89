import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { SshError } from "../../../../src/places/ssh/session.ts";
import { until } from "../../../support/until.ts";
import { living } from "../../node/process/children.ts";
import { scratchFolder } from "../../node/process/scratch.ts";
import { PretendedHost } from "./pretended-host.ts";
import { setUp, TOLD, written } from "./ssh-starts.ts";

describe("the end of an engine", () => {
  test("that went wrong gives its last words and where all of them are, once its tasks are ended", async () => {
    const script = 'cat > /dev/null; echo $PPID > "$dir/pid"; echo first; echo it cannot be >&2; exit 3';
    const { start, log, read } = setUp({ script, startUp: "echo Welcome" });
    const engine = start();
    expect((await engine.ended).reason).toBe(`it cannot be (see ${log})`);
    expect(readFileSync(log, "utf8")).toBe("Welcome\nfirst\nit cannot be\n");
    expect(JSON.parse(read("end"))).toEqual({ engineId: engine.id, pid: Number(read("pid")) });
  });

  test("that went wrong without a word gives how", async () => {
    const startUp = "echo Welcome";
    const exited = await setUp({ startUp, script: "cat > /dev/null; exit 3" }).start().ended;
    expect(exited).toEqual({ certain: true, reason: "it ended with exit code 3" });
    const { start, log } = setUp({ startUp, script: "kill -KILL $$" });
    expect((await start().ended).reason).toBe(`killed by SIGKILL (see ${log})`);
  });

  test("comes by itself when there is no invitation for it", async () => {
    const { start, read } = setUp({ invite: () => Promise.reject(new Error("no certificates")) });
    expect(await start().ended).toEqual({ certain: true });
    expect(read("spec")).toBe("");
  });

  test("is not known to have come when the connection is lost, and nothing is done to it", async () => {
    const { start, folder, hosts } = setUp({ script: `${TOLD}; echo $$ > "$dir/pid"; exec sleep 1000` });
    const engine = start();
    const pid = Number(await written(path.join(folder, "pid")));
    hosts.forEach((host) => host.lose());
    expect(await engine.ended).toEqual({ certain: false, reason: "the connection to web1 is lost" });
    expect(hosts.flatMap(({ commands }) => commands)).toHaveLength(1);
    expect(living([pid])).toEqual([pid]);
  });

  test("is not known when the engine was started by a driver that has died, whose connection is lost", async () => {
    const { adopt, hosts } = setUp();
    const engine = adopt("its id", 4711);
    expect(engine).toMatchObject({ id: "its id", node: "web1", slots: 3 });
    expect(await engine.ended).toMatchObject({ certain: false });
    expect(await engine.kill()).toBe(false);
    expect(hosts).toEqual([]);
  });
});

describe("to kill an engine", () => {
  test("starts what ends it and its tasks where they run", async () => {
    const { start, folder, hosts, read } = setUp({
      script: `${TOLD}; echo $PPID > "$dir/pid"; while [ ! -s "$dir/end" ]; do sleep 0.01; done; kill -KILL $PPID $$`,
    });
    const engine = start();
    const pid = Number(await written(path.join(folder, "pid")));
    expect(await engine.kill()).toBe(true);
    expect((await engine.ended).reason).toBe("it ended with SIGKILL");
    expect(JSON.parse(read("end"))).toEqual({ engineId: engine.id, pid });
    expect(living([pid])).toEqual([]);
    expect(hosts.map(({ closed }) => closed)).toEqual([1]);
  });

  test("takes until all is ended, though the engine be gone before", async () => {
    const { start, folder } = setUp({
      script: `${TOLD}; echo $$ > "$dir/pid"; while [ ! -s "$dir/end" ]; do sleep 0.01; done; exit 0`,
    });
    const hold = path.join(folder, "hold");
    writeFileSync(hold, "");
    const engine = start();
    const pid = Number(await written(path.join(folder, "pid")));
    const killed = engine.kill();
    await until(
      () => living([pid]).length === 0,
      () => "the end of the engine",
    );
    rmSync(hold);
    await killed;
    expect(existsSync(path.join(folder, "over"))).toBe(true);
  });

  test("that is being connected takes no time, and a connection that comes later is closed", async () => {
    const host = new PretendedHost();
    let open: (session: PretendedHost) => void = () => undefined;
    let told: AbortSignal | undefined;
    const openSession = (_destination: string, signal: AbortSignal): Promise<PretendedHost> => {
      told = signal;
      return new Promise((resolve) => (open = resolve));
    };
    const engine = setUp({ starter: { openSession } }).start();
    await until(
      () => told !== undefined,
      () => "an attempt",
    );
    await engine.kill();
    expect((await engine.ended).reason).toBe("it has been ended");
    expect(told?.aborted).toBe(true);
    open(host);
    await until(
      () => host.closed > 0,
      () => "the end of the connection",
    );
    expect(host.commands).toEqual([]);
  });

  test("that waits for its turn means that it never gets it", async () => {
    const asked: string[] = [];
    const fail: (() => void)[] = [];
    const openSession = (destination: string): Promise<PretendedHost> => {
      asked.push(destination);
      return new Promise((_resolve, reject) => fail.push(() => reject(new SshError("refused", "refused"))));
    };
    const { start } = setUp({ starter: { openSession, parallel: 1 } });
    const [first, second, third] = [start(), start(), start()];
    await second.kill();
    expect(asked).toEqual(["jo@web1"]);
    fail[0]?.();
    await first.ended;
    await until(
      () => asked.length === 2,
      () => "the turn of the third",
    );
    fail[1]?.();
    expect((await third.ended).reason).toBe("refused");
    expect(asked).toHaveLength(2);
  });

  test("whose login does not answer ends that", async () => {
    const { start, hosts } = setUp({ startUp: "sleep 1000" });
    const engine = start();
    await until(
      () => hosts.some(({ commands }) => commands.length > 0),
      () => "a command",
    );
    await engine.kill();
    expect(hosts.map(({ closed }) => closed)).toEqual([1]);
  });

  test("that has left already does nothing", async () => {
    const { start, hosts } = setUp();
    const engine = start();
    expect(await engine.ended).toEqual({ certain: true });
    expect(await engine.kill()).toBe(true);
    expect(hosts).toHaveLength(1);
  });
});

describe("to kill an engine whose connection is lost", () => {
  /** An engine that runs, and of which nothing is heard any more. */
  async function lose(options: Parameters<typeof setUp>[0] = {}) {
    const rig = setUp({ script: `${TOLD}; echo $PPID > "$dir/pid"; exec sleep 1000`, ...options });
    const engine = rig.start();
    const pid = Number(await written(path.join(rig.folder, "pid")));
    rig.hosts.forEach((host) => host.lose());
    await engine.ended;
    return { ...rig, engine, pid };
  }

  test("ends it over a new one", async () => {
    const { engine, hosts, read, pid } = await lose();
    expect(await engine.kill()).toBe(true);
    expect(JSON.parse(read("end"))).toEqual({ engineId: engine.id, pid });
    expect(hosts.map(({ closed }) => closed)).toEqual([1, 1]);
  });

  test("is not known to have worked when the host cannot be reached", async () => {
    let count = 0;
    const first = new PretendedHost();
    const openSession = (): Promise<PretendedHost> =>
      count++ === 0 ? Promise.resolve(first) : Promise.reject(new SshError("unreachable", "no answer"));
    const { start, folder } = setUp({
      script: `${TOLD}; echo up > "$dir/up"; exec sleep 1000`,
      starter: { openSession },
    });
    const engine = start();
    await written(path.join(folder, "up"));
    first.lose();
    expect(await engine.kill()).toBe(false);
    expect(count).toBe(2);
  });

  test("is not known to have worked when another host answers by the name, which is left alone", async () => {
    const tools = scratchFolder();
    writeFileSync(path.join(tools, "uname"), "#!/bin/sh\necho another\n", { mode: 0o755 });
    const { engine, folder, hosts } = await lose({ again: { env: { PATH: `${tools}:/usr/bin:/bin` } } });
    expect(await engine.kill()).toBe(false);
    expect(existsSync(path.join(folder, "end"))).toBe(false);
    expect(hosts.map(({ closed }) => closed)).toEqual([1, 1]);
  });

  test("is given up when the host does not answer, and nothing of the attempt stays", async () => {
    const { engine, hosts } = await lose({ again: { hangs: true } });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const killed = engine.kill();
    await until(
      () => hosts.flatMap(({ commands }) => commands).length === 2,
      () => "an attempt",
    );
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await killed).toBe(false);
    await until(
      () => hosts.every(({ closed }) => closed === 1),
      () => "the end of both connections",
    );
    expect(vi.getTimerCount()).toBe(0);
  });
});

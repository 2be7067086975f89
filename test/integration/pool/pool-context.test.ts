import { describe, expect, onTestFinished, test } from "vitest";
import type { ExitCode } from "../../../src/domain/exit-codes.ts";
import type { CallsFrom, EngineProcess, Invitation, Invite, Launcher } from "../../../src/domain/launcher.ts";
import { reachRun } from "../../../src/cli/pool-contact.ts";
import { PoolContext } from "../../../src/cli/pool-context.ts";
import { until } from "../../support/until.ts";
import { PretendedRun } from "./pretended-run.ts";

/** The process of an engine that does what the test says. */
class PretendedProcess implements EngineProcess {
  readonly id: string;
  readonly node: string;
  readonly ended: Promise<string | undefined>;
  kills = 0;
  /** What a kill waits for. */
  killed: Promise<void> = Promise.resolve();
  end: (reason?: string) => void = () => undefined;

  readonly slots = 1;

  constructor(node: string) {
    this.id = `engine of ${node}`;
    this.node = node;
    this.ended = new Promise((resolve) => (this.end = resolve));
  }

  async kill(): Promise<boolean> {
    this.kills++;
    await this.killed;
    this.end("killed");
    return true;
  }
}

class PretendedLauncher implements Launcher {
  readonly context;
  readonly engines: readonly PretendedProcess[];
  invite: Invite = () => Promise.reject(new Error("not launched"));

  constructor(nodes: readonly string[], destination?: string) {
    const where = destination === undefined ? {} : { destination };
    this.context = {
      label: "SSH1",
      nodes: nodes.map((node) => ({ node, ...where, slots: 1, coresPerSlot: 1 })),
      taskLimit: 0,
    };
    this.engines = nodes.map((node) => new PretendedProcess(node));
  }

  launch(invite: Invite): readonly EngineProcess[] {
    this.invite = invite;
    return this.engines;
  }
}

interface Served {
  readonly run: PretendedRun;
  readonly launcher: PretendedLauncher;
  readonly engines: readonly PretendedProcess[];
  readonly context: PoolContext;
  readonly said: readonly string[];
  readonly exit: Promise<ExitCode>;
}

interface ServeOptions {
  readonly destination?: string;
  readonly callsFrom?: CallsFrom;
  readonly farewellMs?: number;
}

/** A context of these nodes whose engines have been announced. */
async function serve(nodes: readonly string[], options: ServeOptions = {}): Promise<Served> {
  const run = await PretendedRun.open();
  const { line, callsFrom } = await reachRun(run.contact);
  const launcher = new PretendedLauncher(nodes, options.destination);
  const said: string[] = [];
  const context = new PoolContext({ line, launcher, callsFrom, say: (message) => said.push(message), ...options });
  const greeted = line.greet();
  await run.welcome();
  await greeted;
  const exit = context.serve();
  onTestFinished(async () => {
    for (const engine of launcher.engines) engine.end();
    await exit;
  });
  return { run, launcher, engines: launcher.engines, context, said, exit };
}

/** The same, and its engines have joined. */
async function serveJoined(nodes: readonly string[], options: ServeOptions = {}): Promise<Served> {
  const served = await serve(nodes, options);
  await served.run.next("engines-started");
  served.run.say({ type: "invitations", here: served.run.here });
  for (const [rank, { id }] of served.engines.entries()) served.run.say({ type: "engine-joined", id, rank, slots: 2 });
  await heardOf(served, `engine ${nodes.length - 1} on`);
  return served;
}

function heardOf({ said }: Served, words: string): Promise<void> {
  return until(
    () => said.some((message) => message.includes(words)),
    () => `"${words}" in ${JSON.stringify(said)}`,
  );
}

function engineOf({ engines }: Served, number: number): PretendedProcess {
  const engine = engines[number];
  if (engine === undefined) throw new Error(`no engine ${number}`);
  return engine;
}

describe("engines are announced, and invited as the driver says:", () => {
  const cases: ReadonlyArray<readonly [string, ServeOptions, boolean, CallsFrom, "here" | "elsewhere"]> = [
    ["on the driver's machine", {}, false, "here", "here"],
    ["on another host", { destination: "jo@beta" }, true, "elsewhere", "elsewhere"],
    ["on this machine, when the driver is on another", { callsFrom: "elsewhere" }, true, "here", "elsewhere"],
  ];
  test.each(cases)("%s", async (_where, options, elsewhere, from, expected) => {
    const served = await serve(["beta"], options);
    const { run, launcher } = served;
    const invitation = launcher.invite(from);
    expect(await run.next("engines-started")).toMatchObject({
      ...{ engines: [{ id: "engine of beta", node: "beta" }], elsewhere },
    });
    run.say({ type: "invitations", here: copy(run.here), elsewhere: copy(run.elsewhere) });
    expect(await invitation).toEqual(run[expected]);
  });

  function copy({ addresses, credentials }: Invitation) {
    return { addresses: [...addresses], credentials };
  }
});

test("engines go without an invitation when nobody can call the run", async () => {
  const served = await serve(["beta"], { destination: "beta" });
  const invitation = served.launcher.invite("elsewhere");
  await served.run.next("engines-started");
  served.run.say({ type: "refused", code: "cannot-listen", message: "no port is free" });
  await expect(invitation).rejects.toThrow("no port is free");
  engineOf(served, 0).end();
  expect(await served.exit).toBe(3);
  expect(served.said).toEqual([
    "no port is free",
    "no engine on beta: it ended before it joined the run",
    "context SSH1 has ended; it had 0 engines, and 1 host did not get one",
  ]);
});

test("engines that cannot be started are an error, and those that were are not invited", async () => {
  const run = await PretendedRun.open();
  const { line, callsFrom } = await reachRun(run.contact);
  const launcher = new PretendedLauncher(["alpha"]);
  let invitation: Promise<Invitation> | undefined;
  const failure = new Error("no room for the engine's log");
  launcher.launch = (invite) => {
    invitation = invite("here");
    // Whoever starts engines looks at it later.
    invitation.catch(() => undefined);
    throw failure;
  };
  const context = new PoolContext({ line, launcher, callsFrom, say: () => undefined });
  await expect(context.serve()).rejects.toBe(failure);
  await expect(invitation).rejects.toBe(failure);
  await line.close();
});

test("who joins, who cannot and how it ends is said at once, and told to the driver", async () => {
  const served = await serve(["alpha", "beta", "gamma"]);
  const { run, said } = served;
  await run.next("engines-started");
  run.say({ type: "engine-joined", id: "engine of alpha", rank: 3, slots: 1 });
  run.say({ type: "engine-joined", id: "engine of gamma", rank: 4, slots: 8 });
  run.say({ type: "engine-joined", id: "engine of nobody", rank: 5, slots: 8 });
  await heardOf(served, "engine 4");
  engineOf(served, 1).end("no route");
  expect(await run.next("engine-ended")).toEqual({
    type: "engine-ended",
    id: "engine of beta",
    certain: true,
    reason: "no route",
  });
  engineOf(served, 0).end();
  expect(await run.next("engine-ended")).toEqual({ type: "engine-ended", id: "engine of alpha", certain: true });
  engineOf(served, 2).end("x".repeat(10_000));
  expect((await run.next("engine-ended")).reason).toHaveLength(4096);
  expect(await served.exit).toBe(0);
  await run.hungUp;
  expect(said.map((message) => message.slice(0, 80))).toEqual([
    "engine 3 on alpha joined with 1 slot",
    "engine 4 on gamma joined with 8 slots",
    "no engine on beta: no route",
    `engine 4 on gamma has ended: ${"x".repeat(51)}`,
    "context SSH1 has ended; it had 2 engines, and 1 host did not get one",
  ]);
});

test("an engine that the driver wants to end is ended, and reported when all of it is gone", async () => {
  const served = await serveJoined(["alpha", "beta"]);
  const alpha = engineOf(served, 0);
  let finish: () => void = () => undefined;
  alpha.killed = new Promise((resolve) => (finish = resolve));
  served.run.say({ type: "end-engine", id: alpha.id });
  await until(
    () => alpha.kills === 1,
    () => "a kill",
  );
  alpha.end("SIGKILL");
  engineOf(served, 1).end();
  expect(await served.run.next("engine-ended")).toMatchObject({ id: "engine of beta" });
  finish();
  expect(await served.run.next("engine-ended")).toMatchObject({ id: alpha.id, reason: "SIGKILL" });
  expect(await served.exit).toBe(0);
});

test("an engine whose process says nothing of its end is reported all the same", async () => {
  const served = await serveJoined(["alpha"]);
  const alpha = engineOf(served, 0);
  alpha.kill = () => Promise.resolve(false);
  served.run.say({ type: "end-engine", id: alpha.id });
  expect(await served.run.next("engine-ended")).toEqual({ type: "engine-ended", id: alpha.id, certain: false });
});

describe("an interrupt", () => {
  test("lets what runs finish; a second one ends it", async () => {
    const served = await serveJoined(["alpha"]);
    served.context.drain();
    expect(await served.run.next("stop-context")).toEqual({ type: "stop-context", label: "SSH1" });
    served.run.say({ type: "done", message: "so it is" });
    expect(engineOf(served, 0).kills).toBe(0);
    served.context.terminate();
    expect(await served.run.next("engine-ended")).toMatchObject({ reason: "killed" });
    expect(engineOf(served, 0).kills).toBe(1);
    expect(await served.exit).toBe(0);
  });

  test("that the driver refuses is explained", async () => {
    const served = await serveJoined(["alpha"]);
    served.context.drain();
    await served.run.next("stop-context");
    served.run.say({ type: "refused", code: "no-such-context", message: "no such context" });
    await heardOf(served, "no such context");
    expect(engineOf(served, 0).kills).toBe(0);
  });
});

describe("when the run has ended", () => {
  test("that is well, even without any engine", async () => {
    const served = await serve(["alpha"], { farewellMs: 1 });
    await served.run.next("engines-started");
    served.run.end();
    expect(await served.exit).toBe(0);
    expect(served.said).toEqual(["the run has ended; context SSH1 had 0 engines, and 1 host did not get one"]);
  });

  test("engines that linger are ended", async () => {
    const served = await serveJoined(["alpha"], { farewellMs: 1 });
    served.run.end();
    expect(await served.exit).toBe(0);
    expect(engineOf(served, 0).kills).toBe(1);
    expect(served.said.at(-1)).toBe("the run has ended; context SSH1 had 1 engine");
  });
});

describe("when contact with the run is lost", () => {
  test("its engines have some time to leave", async () => {
    const served = await serveJoined(["alpha"]);
    served.run.breakDown();
    await heardOf(served, "contact with the run is lost");
    engineOf(served, 0).end();
    expect(await served.exit).toBe(0);
    expect(engineOf(served, 0).kills).toBe(0);
  });

  test("an interrupt ends them at once", async () => {
    const served = await serveJoined(["alpha"]);
    served.run.breakDown();
    await heardOf(served, "contact with the run is lost");
    served.context.drain();
    await served.exit;
    expect(engineOf(served, 0).kills).toBe(1);
  });
});

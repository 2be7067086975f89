import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { reachRun } from "../../../src/control/reach-run.ts";
import { ControllerContext } from "../../../src/control/controller-context.ts";
import { callsElsewhere, ContextTie } from "../../../src/control/context-tie.ts";
import type { NodeSlots } from "../../../src/domain/engine.ts";
import { EXIT, type ExitCode } from "../../../src/domain/exit-codes.ts";
import type { CallsFrom, EngineProcess, Invitation, Invite, ProcessEnd } from "../../../src/domain/launcher.ts";
import { until } from "../../support/until.ts";
import { PretendedRun } from "./pretended-run.ts";

/** The process of an engine that does what the test says. */
class PretendedProcess implements EngineProcess {
  readonly id: string;
  readonly node: string;
  readonly slots = 1;
  readonly invite: Invite;
  readonly ended: Promise<ProcessEnd>;
  kills = 0;
  /** What a kill waits for. */
  killed: Promise<void> = Promise.resolve();
  #end: (end: ProcessEnd) => void = () => undefined;

  constructor(id: string, node: string, invite: Invite) {
    this.id = id;
    this.node = node;
    this.invite = invite;
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  /** It ends, well without a reason. */
  end(reason?: string): void {
    this.#end({ certain: true, ...(reason === undefined ? {} : { reason }) });
  }

  /** Nothing more is heard of it. */
  vanish(reason: string): void {
    this.#end({ certain: false, reason });
  }

  async kill(): Promise<boolean> {
    this.kills++;
    await this.killed;
    this.end("killed");
    return true;
  }
}

class PretendedLauncher {
  readonly context;
  readonly engines: PretendedProcess[] = [];

  constructor(nodes: readonly string[], destination?: string) {
    const where = destination === undefined ? {} : { destination };
    const slots = nodes.map((node) => ({ node, ...where, slots: 1, coresPerSlot: 1 }));
    this.context = { label: "SSH1", nodes: slots, taskLimit: 0 };
  }

  start({ node }: NodeSlots, invite: Invite, id = "no id"): EngineProcess {
    const engine = new PretendedProcess(id, node, invite);
    this.engines.push(engine);
    return engine;
  }
}

interface Served {
  readonly run: PretendedRun;
  readonly engines: readonly PretendedProcess[];
  readonly context: ControllerContext;
  readonly said: readonly string[];
  readonly exit: Promise<ExitCode>;
}

interface ServeOptions {
  readonly destination?: string;
  readonly callsFrom?: CallsFrom;
  readonly farewellMs?: number;
}

/** A context of these nodes, on each of which an engine has been started. */
async function serve(nodes: readonly string[], options: ServeOptions = {}): Promise<Served> {
  const run = await PretendedRun.open();
  const { line, callsFrom: actual } = await reachRun(run.contact, ["disbatch"]);
  const callsFrom = options.callsFrom ?? actual;
  const launcher = new PretendedLauncher(nodes, options.destination);
  const greeted = line.greet();
  await run.welcome();
  await greeted;
  const usesOtherHosts = options.destination !== undefined;
  const elsewhere = callsElsewhere(usesOtherHosts, callsFrom);
  const adding = line.ask(
    { type: "add-context", nodes: launcher.context.nodes, taskLimit: 0, elsewhere },
    "context-added",
  );
  await run.take("SSH1");
  const added = await adding;
  const said: string[] = [];
  const say = (message: string): void => void said.push(message);
  const callAgain = () => reachRun(run.contact, ["disbatch"]);
  const tie = new ContextTie({ line, callsFrom, added, usesOtherHosts, callAgain });
  const context = new ControllerContext({ tie, launcher, afterItsDeath: () => "do this", say, ...options });
  const exit = context.serve().then((isWell) => (isWell ? EXIT.done : EXIT.unfinished));
  onTestFinished(async () => {
    for (const engine of launcher.engines) engine.end();
    run.end();
    await exit;
  });
  await until(
    () => launcher.engines.length === nodes.length,
    () => "all engines",
  );
  return { run, engines: launcher.engines, context, said, exit };
}

/** The same, and its engines have joined. */
async function serveJoined(nodes: readonly string[], options: ServeOptions = {}): Promise<Served> {
  const served = await serve(nodes, options);
  for (const [rank, { id }] of served.engines.entries()) served.run.say({ type: "engine-joined", id, rank, slots: 2 });
  await heardOf(served, `engine ${nodes.length - 1} on`);
  return served;
}

function heardOf({ said }: Pick<Served, "said">, words: string): Promise<void> {
  return until(
    () => said.some((message) => message.includes(words)),
    () => `"${words}" in ${JSON.stringify(said)}`,
  );
}

function engineOf({ engines }: Pick<Served, "engines">, number: number): PretendedProcess {
  const engine = engines[number];
  if (engine === undefined) throw new Error(`no engine ${number}`);
  return engine;
}

/** Another engine has been started, the one of this number. */
async function startedOf(served: Pick<Served, "engines">, number: number): Promise<PretendedProcess> {
  await until(
    () => served.engines.length > number,
    () => `engine ${number}`,
  );
  return engineOf(served, number);
}

describe("engines are invited as the driver says:", () => {
  const cases: ReadonlyArray<readonly [string, ServeOptions, CallsFrom, "here" | "elsewhere"]> = [
    ["on the driver's machine", {}, "here", "here"],
    ["on another host", { destination: "jo@beta" }, "elsewhere", "elsewhere"],
    ["on this machine, when the driver is on another", { callsFrom: "elsewhere" }, "here", "elsewhere"],
  ];
  test.each(cases)("%s", async (_where, options, from, expected) => {
    const served = await serve(["beta"], options);
    const engine = engineOf(served, 0);
    expect(engine).toMatchObject({ id: "engine 1 on 0", node: "beta" });
    expect(await engine.invite(from)).toEqual(served.run[expected]);
  });

  test("and not when the run takes no calls from there", async () => {
    const served = await serve(["beta"]);
    await expect(engineOf(served, 0).invite("elsewhere")).rejects.toThrow("no calls from other hosts");
  });
});

test("who joins, who cannot and how it ends is said at once, and told to the driver", async () => {
  const served = await serve(["alpha", "beta", "gamma"]);
  const { run, said } = served;
  const [alpha, beta, gamma] = [engineOf(served, 0), engineOf(served, 1), engineOf(served, 2)];
  run.say({ type: "engine-joined", id: alpha.id, rank: 3, slots: 1 });
  run.say({ type: "engine-joined", id: gamma.id, rank: 4, slots: 8 });
  run.say({ type: "engine-joined", id: "engine of nobody", rank: 5, slots: 8 });
  await heardOf(served, "engine 4");
  beta.end("no route");
  expect(await run.next("engine-ended")).toEqual({
    ...{ type: "engine-ended", id: beta.id, certain: true, reason: "no route" },
  });
  alpha.end();
  expect(await run.next("engine-ended")).toEqual({ type: "engine-ended", id: alpha.id, certain: true });
  gamma.end("x".repeat(10_000));
  expect((await run.next("engine-ended")).reason).toHaveLength(4096);
  for (const { id } of [beta, gamma]) run.say({ type: "engine-over", id });
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

test("a context none of whose engines has joined is no success", async () => {
  const served = await serve(["beta"]);
  engineOf(served, 0).end();
  await served.run.next("engine-ended");
  served.run.say({ type: "engine-over", id: engineOf(served, 0).id });
  expect(await served.exit).toBe(3);
  expect(served.said).toEqual([
    "no engine on beta: it ended before it joined the run",
    "context SSH1 has ended; it had 0 engines, and 1 host did not get one",
  ]);
});

describe("in place of an engine that has died", () => {
  test("another is started when the driver wants it, and the context goes on with that one", async () => {
    const served = await serveJoined(["alpha", "beta"]);
    const { run } = served;
    engineOf(served, 0).end();
    await run.next("engine-ended");
    engineOf(served, 1).end("SIGKILL");
    await run.next("engine-ended");
    const id = run.start(1);
    const another = await startedOf(served, 2);
    expect(another).toMatchObject({ id, node: "beta" });
    expect(await another.invite("here")).toEqual(run.here);
    run.say({ type: "engine-joined", id, rank: 7, slots: 1 });
    await heardOf(served, "engine 7 on beta");
    another.end();
    expect(await run.next("engine-ended")).toEqual({ type: "engine-ended", id, certain: true });
    expect(await served.exit).toBe(0);
    expect(served.said.slice(2)).toEqual([
      "engine 1 on beta has ended: SIGKILL",
      "another engine is being started on beta",
      "engine 7 on beta joined with 1 slot",
      "context SSH1 has ended; it had 3 engines",
    ]);
  });

  test("none is started on a node that is not there, nor when the context is being ended", async () => {
    const served = await serveJoined(["alpha"]);
    const { run, context } = served;
    const nowhere = run.start(1);
    expect(await run.next("engine-ended")).toMatchObject({ id: nowhere, certain: true });
    let finish: () => void = () => undefined;
    engineOf(served, 0).killed = new Promise((resolve) => (finish = resolve));
    context.terminate();
    await run.next("stop-context");
    const late = run.start(0);
    expect(await run.next("engine-ended")).toMatchObject({ id: late, certain: true });
    finish();
    expect(await served.exit).toBe(0);
    expect(served.engines).toHaveLength(1);
  });
});

describe("an engine that the driver wants to end", () => {
  test("is ended, and reported when all of it is gone", async () => {
    const served = await serveJoined(["alpha", "beta"]);
    const { run } = served;
    const alpha = engineOf(served, 0);
    let finish: () => void = () => undefined;
    alpha.killed = new Promise((resolve) => (finish = resolve));
    run.say({ type: "end-engine", id: alpha.id });
    await until(
      () => alpha.kills === 1,
      () => "a kill",
    );
    alpha.end("SIGKILL");
    expect(await run.next("engine-ended")).toMatchObject({ id: alpha.id, reason: "SIGKILL" });
    run.say({ type: "engine-over", id: alpha.id });
    engineOf(served, 1).end();
    expect(await run.next("engine-ended")).toMatchObject({ id: engineOf(served, 1).id });
    finish();
    expect(await run.next("engine-killed")).toEqual({ type: "engine-killed", id: alpha.id, certain: true });
  });

  test("and that has ended already is ended once more, for its tasks", async () => {
    const served = await serveJoined(["alpha"]);
    const { run } = served;
    const { id } = engineOf(served, 0);
    engineOf(served, 0).end("SIGKILL");
    await run.next("engine-ended");
    run.say({ type: "end-engine", id });
    expect(await run.next("engine-killed")).toEqual({ type: "engine-killed", id, certain: true });
    expect(engineOf(served, 0).kills).toBe(1);
  });

  test("and whose process says nothing of its end is reported all the same", async () => {
    const served = await serveJoined(["alpha"]);
    const { run } = served;
    const alpha = engineOf(served, 0);
    alpha.kill = () => Promise.resolve(false);
    run.say({ type: "end-engine", id: alpha.id });
    expect(await run.next("engine-killed")).toEqual({ type: "engine-killed", id: alpha.id, certain: false });
    expect(await run.next("engine-ended")).toEqual({ type: "engine-ended", id: alpha.id, certain: false });
  });
});

test("an engine to which the connection is lost goes on, and is waited for until the driver says that it is over", async () => {
  const served = await serveJoined(["alpha", "beta"]);
  const { run } = served;
  const { id } = engineOf(served, 0);
  engineOf(served, 0).vanish("the connection to alpha is lost");
  const reason = "the connection to alpha is lost";
  expect(await run.next("engine-ended")).toEqual({ type: "engine-ended", id, certain: false, reason });
  await heardOf(served, "engine 0 on alpha goes on out of sight: the connection to alpha is lost");
  engineOf(served, 1).end();
  await run.next("engine-ended");
  expect(await Promise.race([served.exit, Promise.resolve("it stays")])).toBe("it stays");
  run.say({ type: "engine-over", id });
  expect(await served.exit).toBe(0);
});

describe("an interrupt", () => {
  test("lets what runs finish; a second one ends it", async () => {
    const served = await serveJoined(["alpha"]);
    const { run, context } = served;
    context.drain();
    expect(await run.next("stop-context")).toEqual({ type: "stop-context", label: "SSH1" });
    run.say({ type: "done", what: "context-stops", label: "SSH1" });
    expect(engineOf(served, 0).kills).toBe(0);
    context.terminate();
    expect(await served.exit).toBe(0);
    expect(engineOf(served, 0).kills).toBe(1);
    const rest = run.heard.slice(-2).map(({ type }) => type);
    expect(new Set(rest)).toEqual(new Set(["engine-ended", "engine-killed"]));
  });

  test("tells the driver, before it hangs up, that nothing is left, and that nothing that ran is why", async () => {
    const served = await serveJoined(["alpha"]);
    const { run, context } = served;
    const alpha = engineOf(served, 0);
    let finish: () => void = () => undefined;
    alpha.killed = new Promise((resolve) => (finish = resolve));
    context.terminate();
    await run.next("stop-context");
    alpha.end("SIGKILL");
    expect(await run.next("engine-ended")).toMatchObject({ id: alpha.id, certain: true, wanted: true });
    finish();
    expect(await run.next("engine-killed")).toEqual({ type: "engine-killed", id: alpha.id, certain: true });
    expect(await served.exit).toBe(0);
  });

  test("has an engine that has died in the meantime be ended as well, for its tasks", async () => {
    const served = await serveJoined(["alpha", "beta"]);
    const { run, context } = served;
    const alpha = engineOf(served, 0);
    alpha.end("SIGKILL");
    expect(await run.next("engine-ended")).toEqual({
      ...{ type: "engine-ended", id: alpha.id, certain: true, reason: "SIGKILL" },
    });
    context.terminate();
    expect(await served.exit).toBe(0);
    const gone = run.heard.filter(({ type }) => type === "engine-killed");
    expect(new Set(gone.map((message) => "id" in message && message.id))).toEqual(
      new Set([alpha.id, engineOf(served, 1).id]),
    );
  });

  test("that the driver refuses is explained", async () => {
    const served = await serveJoined(["alpha"]);
    served.context.drain();
    await served.run.next("stop-context");
    served.run.say({ type: "refused", code: "no-such-context", label: "SSH1" });
    await heardOf(served, "this run has no context SSH1; --status shows those it has");
    expect(engineOf(served, 0).kills).toBe(0);
  });
});

describe("when the run has ended", () => {
  test("that is well, even without any engine", async () => {
    const served = await serve(["alpha"], { farewellMs: 1 });
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
  /** Breaks it, and sees to it that nobody answers; gives what makes the run answer again. */
  async function lose(served: Served): Promise<() => void> {
    const { contact } = served.run;
    const where = readFileSync(contact, "utf8");
    rmSync(contact);
    served.run.breakDown();
    await heardOf(served, "contact with the run is lost");
    return () => writeFileSync(contact, where);
  }

  test("its engines go on, the user is told what to do, and it ends when they have", async () => {
    const served = await serveJoined(["alpha"]);
    await lose(served);
    expect(served.said.at(-1)).toMatch(/^contact with the run is lost: .*; if its driver has died, do this$/);
    engineOf(served, 0).end("the driver is gone");
    expect(await served.exit).toBe(0);
    expect(engineOf(served, 0).kills).toBe(0);
    expect(served.said.slice(-2)).toEqual([
      "engine 0 on alpha has ended: the driver is gone",
      "context SSH1 has ended; it had 1 engine",
    ]);
  });

  test("nobody is waited for who might want another engine in place of one that has died", async () => {
    const served = await serveJoined(["alpha"]);
    engineOf(served, 0).end("SIGKILL");
    await served.run.next("engine-ended");
    await lose(served);
    expect(await served.exit).toBe(0);
  });

  test("an interrupt ends them at once", async () => {
    const served = await serveJoined(["alpha"]);
    await lose(served);
    served.context.drain();
    await served.exit;
    expect(engineOf(served, 0).kills).toBe(1);
  });

  test("it is found again, takes the context back, and hears what has happened meanwhile", async () => {
    const served = await serveJoined(["alpha", "beta"]);
    const { run, engines } = served;
    const mend = await lose(served);
    engineOf(served, 0).end("SIGKILL");
    await heardOf(served, "engine 0 on alpha has ended");
    mend();
    await run.welcome();
    expect(await run.takeBack()).toEqual({
      ...{ type: "keep-context", label: "SSH1", engines: engines.map(({ id }) => id), elsewhere: false },
    });
    expect(await run.next("engine-ended")).toMatchObject({ id: engineOf(served, 0).id, reason: "SIGKILL" });
    const id = run.start(0);
    const another = await startedOf(served, 2);
    expect(another).toMatchObject({ id, node: "alpha" });
    run.say({ type: "engine-joined", id, rank: 2, slots: 1 });
    await heardOf(served, "engine 2 on alpha");
    run.end();
    for (const engine of engines) engine.end();
    expect(await served.exit).toBe(0);
    expect(served.said.slice(-4)).toEqual([
      "contact with the run is made again",
      "another engine is being started on alpha",
      "engine 2 on alpha joined with 1 slot",
      "the run has ended; context SSH1 had 3 engines",
    ]);
  });

  test("it is found again as often as it is lost", async () => {
    const served = await serveJoined(["alpha"]);
    const { run, said } = served;
    for (const times of [1, 2, 3]) {
      run.breakDown();
      await run.welcome();
      await run.takeBack();
      await until(
        () => said.filter((message) => message === "contact with the run is made again").length === times,
        () => "contact",
      );
    }
    engineOf(served, 0).end();
    expect(await run.next("engine-ended")).toMatchObject({ certain: true });
    expect(await served.exit).toBe(0);
  });

  test("and the run that is found does not know the context, its engines go by themselves", async () => {
    const served = await serveJoined(["alpha"]);
    const { run } = served;
    run.breakDown();
    await run.welcome();
    await run.next("keep-context");
    run.say({ type: "refused", code: "no-such-context", label: "SSH1" });
    await heardOf(served, "without this context: this run knows of no context SSH1");
    engineOf(served, 0).end();
    expect(await served.exit).toBe(0);
    expect(engineOf(served, 0).kills).toBe(0);
  });
});

test("what is good on the driver's machine is good there alone, also when the run goes on on another", async () => {
  const served = await serve(["alpha"]);
  const { run } = served;
  run.writeContact("another.example", { ...run.calls, addresses: [] }, run.calls);
  run.breakDown();
  await run.welcome();
  expect(await run.takeBack()).toMatchObject({ elsewhere: true });
  await heardOf(served, "made again");
  const invitation: Invitation = await engineOf(served, 0).invite("here");
  expect(invitation).toEqual(run.elsewhere);
});

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { CallsFrom, EngineProcess, Invitation } from "../../../../src/domain/launcher.ts";
import { LocalStarter } from "../../../../src/places/launchers/local.ts";
import { parseEngineSpec } from "../../../../src/wire/engine-spec.ts";
import { until } from "../../../support/until.ts";
import { living } from "../../node/process/children.ts";
import { scratchFolder } from "../../node/process/scratch.ts";
import { engineTerms } from "../../../support/engine-terms.ts";
import type { EngineTerms } from "../../../../src/domain/engine-terms.ts";
import { LIMITS } from "../../../../src/domain/limits.ts";

const invitation: Invitation = {
  addresses: [{ host: "127.0.0.1", port: 4000 }],
  credentials: { authority: "the authority", certificate: "the certificate", key: "the secret key" },
};

interface LaunchOptions {
  readonly given?: Promise<Invitation>;
  readonly program?: string;
}

function termsIn(folder: string): EngineTerms {
  return {
    resources: ["GPUS"],
    output: { keep: "none", limit: 65_536 },
    threadEnv: true,
    offer: { named: {} },
    cwd: folder,
    prefix: path.join(folder, "run"),
    logLevel: "DEBUG",
    logFormat: "json",
    lease: 7,
    onDriverLost: "finish",
    drainTimeout: 0.5,
    limits: LIMITS,
  };
}

/** Starts engines that are bash scripts; `$0` is a folder of the test's own. */
function launch(script: string, options: LaunchOptions = {}) {
  const folder = scratchFolder();
  const starter = new LocalStarter({
    program: [options.program ?? "/bin/bash", "-c", script, folder],
    callsFrom: "elsewhere",
    host: "alpha",
    terms: termsIn(folder),
    say: () => undefined,
  });
  const asked: CallsFrom[] = [];
  const invite = (from: CallsFrom): Promise<Invitation> => {
    asked.push(from);
    return options.given ?? Promise.resolve(invitation);
  };
  const start = (node: string, id?: string): EngineProcess => {
    const engine = starter.start("SSH0", { node, slots: 3, coresPerSlot: 2 }, invite, id);
    onTestFinished(async () => void (await engine.kill()));
    return engine;
  };
  const read = (name: string): string => readFileSync(path.join(folder, name), "utf8");
  return { folder, start, read, asked };
}

/** Launches one. */
function launchOne(script: string, options: LaunchOptions = {}) {
  const launched = launch(script, options);
  return { ...launched, engine: launched.start("alpha") };
}

test("an engine is told on standard input what it is to do", async () => {
  const { folder, engine, read } = launchOne('cat > "$0/spec"');
  expect(await engine.ended).toEqual({ certain: true });
  expect(parseEngineSpec(read("spec"))).toEqual({
    ...{ invitation, engineId: engine.id, context: "SSH0", node: "alpha", slots: 3, coresPerSlot: 2 },
    terms: termsIn(folder),
  });
});

test("an engine is invited from where it calls", async () => {
  const { engine, asked } = launchOne("cat > /dev/null");
  await engine.ended;
  expect(asked).toEqual(["elsewhere"]);
});

test("no secret stands in the arguments or the environment of an engine", async () => {
  const { engine, read } = launchOne('cat /proc/$$/cmdline /proc/$$/environ > "$0/public"; cat > /dev/null');
  expect(await engine.ended).toEqual({ certain: true });
  expect(read("public")).toContain("/proc/$$/environ");
  for (const secret of Object.values(invitation.credentials)) expect(read("public")).not.toContain(secret);
});

test("an engine leads a session of its own, in the working directory of the tasks", async () => {
  const { folder, engine, read } = launchOne('{ echo $$; ps -o sid= -p $$; pwd; } > "$0/facts"');
  await engine.ended;
  const [pid, session, cwd] = read("facts").split("\n");
  expect(session?.trim()).toBe(pid);
  expect(cwd).toBe(folder);
});

test("every node has an engine, each with an id of its own", async () => {
  const { start, folder } = launch("cat > /dev/null");
  const engines = [start("alpha"), start("beta")];
  await Promise.all(engines.map(({ ended }) => ended));
  expect(engines.map(({ node }) => node)).toEqual(["alpha", "beta"]);
  expect(new Set(engines.map(({ id }) => id)).size).toBe(2);
  for (const node of ["alpha", "beta"]) expect(existsSync(`${folder}/run_SSH0_${node}_engine_wrap.log`)).toBe(true);
});

describe("the end of an engine", () => {
  test("that went wrong gives its last words, and where all of them are", async () => {
    const { engine, folder, read } = launchOne("echo first; echo it cannot be >&2; exit 3");
    const log = "run_SSH0_alpha_engine_wrap.log";
    expect(await engine.ended).toEqual({ certain: true, reason: `it cannot be (see ${folder}/${log})` });
    expect(read(log)).toBe("first\nit cannot be\n");
  });

  test("that went wrong without a word gives how", async () => {
    expect((await launchOne("exit 3").engine.ended).reason).toContain("it ended with exit code 3");
    expect((await launchOne("kill -TERM $$").engine.ended).reason).toContain("it ended with SIGTERM");
  });

  test("that never began gives why", async () => {
    const { engine } = launchOne("", { program: "/no/such/program" });
    expect(await engine.ended).toMatchObject({
      certain: true,
      reason: expect.stringMatching(/cannot be started.*ENOENT/),
    });
    await engine.kill();
  });

  test("comes by itself when there is no invitation for it", async () => {
    const given = Promise.reject(new Error("no certificates"));
    given.catch(() => undefined);
    const { engine, read } = launchOne('cat > "$0/spec"', { given });
    expect(await engine.ended).toEqual({ certain: true });
    expect(read("spec")).toBe("");
  });

  test("before it has read what it is to do harms nobody", async () => {
    const large = { ...invitation, credentials: { ...invitation.credentials, key: "x".repeat(1_000_000) } };
    const { engine } = launchOne("exec 0<&-; exit 0", { given: Promise.resolve(large) });
    expect(await engine.ended).toEqual({ certain: true });
  });
});

test("to kill an engine ends it and all processes of its tasks, and nothing else", async () => {
  const script = `id=$(sed 's/.*"engineId":"\\([^"]*\\)".*/\\1/')
    DISBATCH_ENGINE_ID=$id setsid bash -c 'echo $$ > "$0/task"; exec sleep 1000' "$0" &
    echo $$ > "$0/engine"; wait`;
  const { engine, folder, read } = launchOne(script);
  const other = spawn("sleep", ["1000"], { env: { ...process.env, DISBATCH_ENGINE_ID: "other" }, stdio: "ignore" });
  onTestFinished(() => void other.kill("SIGKILL"));
  const names = ["engine", "task"];
  await until(
    () => names.every((name) => existsSync(path.join(folder, name)) && read(name) !== ""),
    () => "all processes",
  );
  const [engineProcess = 0, task = 0] = names.map((name) => Number(read(name)));
  await engine.kill();
  expect(await engine.ended).toMatchObject({ certain: true, reason: expect.stringMatching(/SIG(?:TERM|KILL)/) });
  expect(living([engineProcess, task, other.pid ?? 0])).toEqual([other.pid]);
});

test("an engine that has ended has no process group any more that could be another's", async () => {
  const { engine, read } = launchOne('sleep 1000 < /dev/null > /dev/null 2>&1 & echo $! > "$0/other"; cat > /dev/null');
  await engine.ended;
  const other = Number(read("other"));
  onTestFinished(() => void process.kill(other, "SIGKILL"));
  expect(await engine.kill()).toBe(true);
  expect(living([other])).toEqual([other]);
});

test.each([
  ["a folder", (log: string) => mkdirSync(log), "it is a folder"],
  ["a link", (log: string) => symlinkSync("elsewhere", log), "it is a symbolic link"],
  ["a named pipe", (log: string) => execFileSync("mkfifo", [log]), "it is not a regular file"],
])(
  "an engine is started also where %s stands in place of its log, and nothing is written there",
  async (_what, plant, why) => {
    const folder = scratchFolder();
    const log = path.join(folder, "run_SSH0_alpha_engine_wrap.log");
    plant(log);
    const said: string[] = [];
    const starter = new LocalStarter({
      ...{ program: ["/bin/sh", "-c", "echo words; exit 3"], callsFrom: "here", host: "alpha" },
      terms: engineTerms({ cwd: folder, prefix: `${folder}/run` }),
      say: (message) => said.push(message),
    });
    const engine = starter.start("SSH0", { node: "alpha", slots: 1, coresPerSlot: 1 }, () =>
      Promise.resolve(invitation),
    );
    expect(await engine.ended).toEqual({ certain: true, reason: "it ended with exit code 3" });
    expect(said).toEqual([`warning: cannot write ${log}, where an engine says what goes wrong: ${why}`]);
    expect(existsSync(path.join(folder, "elsewhere"))).toBe(false);
  },
);

test("what stands in the log already stays there", async () => {
  const folder = scratchFolder();
  const log = path.join(folder, "run_SSH0_alpha_engine_wrap.log");
  writeFileSync(log, "an earlier run\n");
  const starter = new LocalStarter({
    ...{ program: ["/bin/echo", "now"], callsFrom: "here", host: "alpha" },
    say: () => undefined,
    terms: engineTerms({ cwd: folder, prefix: `${folder}/run` }),
  });
  await starter.start("SSH0", { node: "alpha", slots: 1, coresPerSlot: 1 }, () => Promise.resolve(invitation)).ended;
  expect(readFileSync(log, "utf8")).toBe("an earlier run\nnow\n");
});

test("an engine in place of one that has died goes by the id it is given, and has last words of its own", async () => {
  const { start } = launch(
    'cat > "$0/spec"; [ -e "$0/again" ] && exit 3; touch "$0/again"; echo out of memory; exit 1',
  );
  expect((await start("alpha").ended).reason).toMatch(/^out of memory /);
  const second = start("alpha", "another");
  expect(second.id).toBe("another");
  expect((await second.ended).reason).toMatch(/^it ended with exit code 3 /);
});

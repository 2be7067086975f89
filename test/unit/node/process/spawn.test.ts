import { execFile } from "node:child_process";
import { constants } from "node:os";
import { promisify } from "node:util";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ProbeAnswer, type ProbeRequest } from "./probe-protocol.ts";
import { bundle, RUNTIMES } from "./runtimes.ts";
import { scratchFolder } from "./scratch.ts";

const script = bundle(new URL("spawn-probe.ts", import.meta.url));
const BASH = "/bin/bash";

/** Runs a program without the files that whoever runs the tests has left open. */
const ALONE = 'for file in /proc/$$/fd/*; do fd=${file##*/}; ((fd < 3)) || eval "exec $fd>&-"; done; exec "$@"';

type Request = Partial<ProbeRequest>;

/** Has a process of this runtime start children, one after the other. */
async function probe(runtime: string, requests: readonly Request[]): Promise<ProbeAnswer[]> {
  const work = promisify(execFile)(BASH, ["-c", ALONE, "bash", runtime, script, scratchFolder()]);
  const full = requests.map((request) => ({
    file: BASH,
    args: [],
    env: { PATH: "/usr/bin:/bin" },
    cwd: "/",
    ...request,
  }));
  work.child.stdin?.end(JSON.stringify(full));
  const answers = v.parse(v.array(ProbeAnswer), JSON.parse((await work).stdout));
  expect(answers).toHaveLength(requests.length);
  return answers;
}

const bash = (command: string): Request => ({ args: ["-c", command] });

/** What one command wrote to its standard output. */
async function outputOf(runtime: string, request: Request): Promise<string> {
  const [answer] = await probe(runtime, [request]);
  expect(answer).toMatchObject({ ends: [{ type: "exited", code: 0 }], error: "" });
  return answer?.output ?? "";
}

describe.each(RUNTIMES)("on %s", (runtimeName, runtime) => {
  test("exit codes are told, each once, and never before the start has returned", async () => {
    const codes = [0, 1, 7, 127, 255];
    const answers = await probe(
      runtime,
      codes.map((code) => bash(`exit ${code}`)),
    );
    expect(answers.map(({ ends }) => ends)).toEqual(codes.map((code) => [{ type: "exited", code }]));
    expect(answers.filter(({ tooEarly, pid }) => tooEarly || pid <= 0)).toEqual([]);
  });

  test("death by a signal is told by the signal's number", async () => {
    const { SIGKILL, SIGSEGV, SIGTERM, SIGUSR1, SIGPIPE, SIGBUS } = constants.signals;
    const signals = [SIGKILL, SIGSEGV, SIGTERM, SIGUSR1, SIGPIPE, SIGBUS];
    const answers = await probe(
      runtime,
      signals.map((signal) => bash(`ulimit -c 0; kill -${signal} $$`)),
    );
    expect(answers.map(({ ends }) => ends)).toEqual(signals.map((signal) => [{ type: "signalled", signal }]));
  });

  // Node passes on only the signals that it has a name for, and says exit code 0 for all others.
  test("death by a real-time signal is told by the signal's number, but on Node", async () => {
    const [answer] = await probe(runtime, [bash("kill -35 $$")]);
    const told = runtimeName === "Node" ? { type: "exited", code: 0 } : { type: "signalled", signal: 35 };
    expect(answer?.ends).toEqual([told]);
  });

  test("what cannot be started is told with the system's number, once, and has no process", async () => {
    const { ENOENT, EACCES, E2BIG } = constants.errno;
    const cases: ReadonlyArray<readonly [number, Request]> = [
      [ENOENT, { file: "/no/such/file" }],
      [EACCES, { file: "/etc/passwd" }],
      [E2BIG, { args: ["-c", `: ${"x".repeat(32 * 4096)}`] }],
      [E2BIG, { env: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`V${i}`, "x".repeat(100_000)])) }],
      [ENOENT, { cwd: "/no/such/folder" }],
    ];
    const answers = await probe(
      runtime,
      cases.map(([, request]) => request),
    );
    expect(answers.map(({ pid, ends, tooEarly }) => ({ pid, ends, tooEarly }))).toEqual(
      cases.map(([errno]) => ({
        pid: -1,
        ends: [{ type: "not-started", errno, reason: expect.stringMatching(/./) }],
        tooEarly: false,
      })),
    );
  });

  test("the longest argument that the system passes goes through", async () => {
    const command = `: ${"x".repeat(32 * 4096 - 3)}`;
    const [answer] = await probe(runtime, [{ args: ["-c", command] }]);
    expect(answer?.ends).toEqual([{ type: "exited", code: 0 }]);
  });

  test("the child has the three streams that it was given and no other open file", async () => {
    const output = await outputOf(runtime, bash("readlink /proc/$$/fd/0; ls /proc/$$/fd; true"));
    expect(output).toBe("/dev/null\n0\n1\n2\n");
  });

  test("what the child writes to standard error goes where it was told to", async () => {
    const [answer] = await probe(runtime, [bash("echo one; echo two >&2")]);
    expect(answer).toMatchObject({ output: "one\n", error: "two\n" });
  });

  test("the child leads a session and a process group of its own", async () => {
    const [answer] = await probe(runtime, [bash("ps -o pid=,sid=,pgid= -p $$ | tr -s ' '")]);
    expect(answer?.output.trim()).toBe(`${answer?.pid} ${answer?.pid} ${answer?.pid}`);
  });

  test("the environment is exactly what was given", async () => {
    const env = { A: "1", EMPTY: "", LINES: "a\nb=c", UMLAUT: "\u00e4 \u{1F600}", lower_case: "x y" };
    const output = await outputOf(runtime, { file: "/usr/bin/env", args: ["-0"], env });
    const expected = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    expect(output.split("\0").slice(0, -1).toSorted()).toEqual(expected.toSorted());
  });

  test("the child runs where it was told to", async () => {
    expect(await outputOf(runtime, { ...bash("pwd -P"), cwd: "/usr" })).toBe("/usr\n");
  });

  test("no signal is blocked or ignored in the child", async () => {
    const output = await outputOf(runtime, {
      ...{ file: "/bin/grep", args: ["-E", "^Sig(Blk|Ign)", "/proc/self/status"] },
    });
    expect(output).toBe("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  });
});

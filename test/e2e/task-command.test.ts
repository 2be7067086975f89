import { existsSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type Artifact, artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import type { Workspace } from "../support/workspace.ts";
import { until } from "../support/until.ts";

const DONE = { code: 0, signal: null };
const TWO_SLOTS = ["-s", "localhost:2", "-p", "run"];
/** Python that finds the program's half of the protocol, and leaves nothing beside it. */
const PYTHON = {
  PYTHONPATH: path.resolve(import.meta.dirname, "../support/python"),
  PYTHONDONTWRITEBYTECODE: "1",
};
const BEGIN = ["import os, sys", "from kvs_program import Kvs, Tasks", "kvs = Kvs()", "tasks = Tasks(kvs)"];

/** Writes a program in Python that makes tasks, and gives the command that runs it. */
function program(workspace: Workspace, ...lines: readonly string[]): string {
  workspace.write("program.py", [...BEGIN, ...lines, ""].join("\n"));
  return "exec python3 program.py";
}

/** A literal of Python. */
function literal(text: string): string {
  return JSON.stringify(text);
}

describe.each(artifacts)("the $name", (artifact) => {
  test("runs what a command submits, tells it the results, and lets it end by itself", async () => {
    const workspace = openWorkspace();
    const command = program(
      workspace,
      "for number in range(20): tasks.submit('exit %d' % (number % 2))",
      "bad = [result['TaskId'] for result in tasks.wait_for(range(20)) if result['ReturnCode'] != 0]",
      "for task in bad: tasks.submit('echo again %d' % task)",
      "tasks.submit('#DISBATCH BARRIER all')",
      "print(kvs.get('all'), os.environ['DISBATCH_KVSSTCP_HOST'] == open('run_kvsinfo.txt').read(), flush=True)",
      "tasks.submit('echo $KVSSTCP_HOST:$KVSSTCP_PORT')",
      "tasks.done()",
      "print(tasks.wait_for([31])[0]['OutData'].strip() == os.environ['DISBATCH_KVSSTCP_HOST'])",
    );
    const run = workspace.run(artifact, [...TWO_SLOTS, "--taskcommand", command], { env: PYTHON });
    await until(
      () => existsSync(workspace.path("run_kvsinfo.txt")),
      () => "the address of the server",
    );
    expect(statSync(workspace.path("run_kvsinfo.txt")).mode & 0o777).toBe(0o600);
    expect(await run.exited).toEqual(DONE);
    expect(workspace.read("run_taskcommand.log")).toBe("30 True\nTrue\n");
    expect(existsSync(workspace.path("run_kvsinfo.txt"))).toBe(false);
    expect(workspace.status()).toHaveLength(32);
  });

  test("ends with exit code 3 when the command fails, says why, and prints a command that goes on", async () => {
    const workspace = openWorkspace();
    const command = program(
      workspace,
      "tasks.submit('echo one')",
      "tasks.wait_for([0])",
      "if not os.path.exists('mended'): sys.exit('it is broken')",
      "tasks.submit('echo two')",
    );
    const run = workspace.run(artifact, [...TWO_SLOTS, "--taskcommand", command], { env: PYTHON });
    expect((await run.exited).code).toBe(3);
    expect(run.stderr()).toMatch(
      /the task command has ended with exit code 1: it is broken \(.*run_taskcommand\.log\)/,
    );
    writeFileSync(workspace.path("mended"), "");
    const again = workspace.run(artifact, [...TWO_SLOTS, "-r", "run_status.txt", "--taskcommand", command], {
      env: PYTHON,
    });
    expect(await again.exited).toEqual(DONE);
    expect(workspace.status().map(({ taskId, command: text }) => [taskId, text])).toEqual([
      [0, "echo one"],
      [1, "echo two"],
    ]);
  });

  test("tells of a command that fails when all of its tasks are known, and runs them", async () => {
    const workspace = openWorkspace();
    // It is known whose program this is when it has a result: without that it might be gone before anybody can tell.
    const first = ["tasks.submit('echo one')", "tasks.wait_for([0])"];
    const command = program(workspace, ...first, "tasks.done()", "sys.exit(4)");
    const run = workspace.run(artifact, [...TWO_SLOTS, "--taskcommand", command], { env: PYTHON });
    expect((await run.exited).code).toBe(3);
    expect(run.stderr()).toMatch(/the task command has ended with exit code 4/);
    expect(workspace.status()).toHaveLength(1);
  });

  test("ends the list when the command ends well, and says so when it has not even signed in", async () => {
    const workspace = openWorkspace();
    // The first result says that the server knows whose program this is; all the rest may still be on its way when it ends.
    const first = ["tasks.submit('true')", "tasks.wait_for([0])"];
    const command = program(workspace, ...first, "for number in range(499): tasks.submit('true')");
    const run = workspace.run(artifact, [...TWO_SLOTS, "--taskcommand", command], { env: PYTHON });
    expect(await run.exited).toEqual(DONE);
    expect(workspace.status()).toHaveLength(500);
    const silent = workspace.run(artifact, ["-s", "localhost:1", "-p", "silent", "--taskcommand", "echo true"]);
    expect(await silent.exited).toEqual(DONE);
    expect(silent.stderr()).toMatch(/has not signed in on the key-value server: there are no tasks/);
  });

  test("is not failed by callers of whom nobody can tell whose they are, and tells of those that had put something", async () => {
    const workspace = openWorkspace();
    // While the driver stands still, the kernel forgets whose connection it was.
    workspace.write(
      "call.py",
      [
        "import os, signal, socket, struct, sys, time",
        "driver, how = int(sys.argv[1]), sys.argv[2]",
        "os.kill(driver, signal.SIGSTOP)",
        "caller = socket.create_connection((os.environ['KVSSTCP_HOST'], int(os.environ['KVSSTCP_PORT'])))",
        "if how != 'nothing': caller.sendall(b'put_%10dx%10d' % (1, 1))",
        "if how == 'reset': caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))",
        "caller.close()",
        "time.sleep(0.3)",
        "os.kill(driver, signal.SIGCONT)",
        "",
      ].join("\n"),
    );
    const work = program(workspace, "tasks.submit('true')", "tasks.wait_for([0])", "tasks.submit('true')");
    const makes = work.replace("exec ", "");
    const done = "python3 -c 'from kvs_program import Kvs, Tasks; Tasks(Kvs()).done()'";
    const call = (how: string): string => `python3 call.py $PPID ${how}`;
    const lost = /1 program closed before anybody could tell whose it was, so what it put was not taken/;
    const expected = [
      { command: `${call("nothing")} && ${call("reset")} && ${makes}`, code: 0, tasks: 2, told: /tasks done/ },
      { command: `${call("nothing")} && ${call("reset")}`, code: 0, tasks: 0, told: /has not signed in.*COMMAND \|/ },
      { command: `${call("put")} && ${makes}`, code: 3, tasks: 2, told: lost },
      { command: `${call("put")} && ${makes} && ${done}`, code: 3, tasks: 2, told: lost },
      { command: call("put"), code: 3, tasks: 0, told: /has not signed in on the key-value server; 1 program/ },
    ];
    for (const [number, { command, code, tasks, told }] of expected.entries()) {
      const args = ["-s", "localhost:2", "-p", `run${number}`, "--taskcommand", command];
      const run = workspace.run(artifact, args, { env: PYTHON });
      expect({ command, code: (await run.exited).code }).toEqual({ command, code });
      expect(run.stderr()).toMatch(told);
      expect(workspace.status(`run${number}_status.txt`)).toHaveLength(tasks);
      expect(run.stderr().includes("the tasks could not be read to the end")).toBe(code === 3 && tasks === 0);
    }
  });

  test("ends the command when the run is ended before it", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const command = program(workspace, `tasks.submit(${literal(tasks.line("a"))})`, "kvs.get('never')");
    const run = workspace.run(artifact, [...TWO_SLOTS, "--taskcommand", command], { env: PYTHON });
    const a = await tasks.started("a");
    run.ctrlC();
    await run.stderrShows(/interrupted: no more tasks are started/);
    await a.exit(0);
    expect((await run.exited).code).toBe(130);
    expect(workspace.processes()).toEqual([]);
  });

  test("starts the command again when the driver was killed, and runs no line twice that it gives again", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const [a, b, c] = ["a", "b", "c"].map((name) => literal(tasks.line(name)));
    const command = program(
      workspace,
      "print('recovered', os.environ.get('DISBATCH_RECOVERED'), flush=True)",
      `tasks.submit(${a})`,
      "print('first', tasks.wait_for([0])[0]['ReturnCode'], flush=True)",
      `tasks.submit(${b})`,
      "print('second', tasks.wait_for([1])[0]['ReturnCode'], flush=True)",
      `tasks.submit(${c})`,
      "tasks.done()",
    );
    const killed = workspace.run(artifact, [...TWO_SLOTS, "--taskcommand", command], { env: PYTHON });
    await (await tasks.started("a")).exit(3);
    const second = await tasks.started("b");
    killed.signal("SIGKILL");
    await killed.exited;
    const recovered = workspace.run(artifact, ["--recover", "run"], { env: PYTHON });
    await until(
      () => workspace.read("run_taskcommand.log").includes("recovered 1"),
      () => "the command to be started again",
    );
    await second.exit(4);
    await (await tasks.started("c")).exit(0);
    expect(await recovered.exited).toEqual(DONE);
    expect(tasks.order).toEqual(["a", "b", "c"]);
    expect(workspace.read("run_taskcommand.log")).toMatch(/recovered 1\nfirst 3\nsecond 4\n$/);
    expect(workspace.status().map(({ taskId, returnCode }) => [taskId, returnCode])).toEqual([
      [0, 3],
      [1, 4],
      [2, 0],
    ]);
  });

  test("refuses lines that are not the same again, and can be resumed from those that were kept", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const command = program(
      workspace,
      `tasks.submit(${literal(tasks.line("a"))})`,
      "tasks.submit('echo %d' % os.getpid())",
      "kvs.get('never')",
    );
    const killed = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "--taskcommand", command], {
      env: PYTHON,
    });
    const a = await tasks.started("a");
    await until(
      () => /^echo [0-9]+$/m.test(workspace.read("run_tasks.txt")),
      () => "both lines to be taken",
    );
    killed.signal("SIGKILL");
    await killed.exited;
    const recovered = workspace.run(artifact, ["--recover", "run"], { env: PYTHON });
    await recovered.stderrShows(/testing: line 2 is not the same again: "echo [0-9]+", and before "echo [0-9]+"/);
    await a.exit(0);
    expect((await recovered.exited).code).toBe(2);
    const args = ["-s", "localhost:1", "-p", "run", "-r", "run_status.txt", "run_tasks.txt"];
    expect(await workspace.run(artifact, args).exited).toEqual(DONE);
    expect(new Set(workspace.status().map(({ taskId }) => taskId))).toEqual(new Set([0, 1]));
    expect(tasks.order).toEqual(["a"]);
  });

  test("opens a server for programs that find it by PREFIX_kvsinfo.txt, and waits until they have heard the last", async () => {
    const workspace = openWorkspace();
    workspace.write(
      "program.py",
      [
        "from kvs_program import Kvs, Tasks",
        "tasks = Tasks(Kvs(open('run_kvsinfo.txt').read()))",
        "tasks.submit('echo one')",
        "tasks.submit('echo two')",
        "tasks.done()",
        "print([result['OutData'] for result in tasks.wait_for([0, 1])])",
        "",
      ].join("\n"),
    );
    const run = workspace.run(artifact, [...TWO_SLOTS, "--taskserver"]);
    await until(
      () => existsSync(workspace.path("run_kvsinfo.txt")),
      () => "the address of the server",
    );
    const python = workspace.run({ name: "python", file: "python3", command: ["python3"] }, ["program.py"], {
      env: PYTHON,
    });
    expect(await python.exited).toEqual(DONE);
    expect(python.stdout()).toBe("['one\\n', 'two\\n']\n");
    expect(await run.exited).toEqual(DONE);
  });

  test("tells at once of a line that was lost because its program had closed, and ends with exit code 3", async () => {
    const workspace = openWorkspace();
    workspace.write(
      "program.py",
      [
        "import os, signal, socket, sys, time",
        "from kvs_program import Kvs, Tasks",
        "address = open('run_kvsinfo.txt').read()",
        "tasks = Tasks(Kvs(address))",
        "tasks.submit('echo one')",
        "tasks.wait_for([0])",
        "os.kill(int(sys.argv[1]), signal.SIGSTOP)",
        "other = socket.create_connection(('127.0.0.1', int(address.split(':')[1])))",
        "other.sendall(b'put_%10dtesting taskASTR%10decho two' % (12, 8))",
        "other.close()",
        "time.sleep(0.3)",
        "os.kill(int(sys.argv[1]), signal.SIGCONT)",
        "tasks.kvs.get('go on')",
        "tasks.done()",
        "",
      ].join("\n"),
    );
    const run = workspace.run(artifact, [...TWO_SLOTS, "--taskserver"]);
    await until(
      () => existsSync(workspace.path("run_kvsinfo.txt")),
      () => "the address of the server",
    );
    const python: Artifact = { name: "python", file: "python3", command: ["python3"] };
    const submitting = workspace.run(python, ["program.py", String(run.pid)], { env: PYTHON });
    await run.stderrShows(
      /warning: 1 program closed before anybody could tell whose it was, so what it put was not taken/,
    );
    const server = workspace.read("run_kvsinfo.txt");
    expect(await workspace.run(artifact, ["kvs", "put", "go on", "", "--server", server]).exited).toEqual(DONE);
    expect((await submitting.exited).code).toBe(0);
    expect((await run.exited).code).toBe(3);
    expect(workspace.status()).toHaveLength(1);
  });
});
